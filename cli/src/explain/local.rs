//! Codes of this command itself.

use super::Entry;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        codes: &["NoScreen"],
        cause: (
            "the terminal could not be read or drawn on",
            "não foi possível ler o terminal ou desenhar nele",
        ),
        expected: (
            "a terminal on standard input and output",
            "um terminal na entrada e na saída padrão",
        ),
        fix: (
            "start it in a terminal, or use lacre chat --plain",
            "inicie-o em um terminal ou use lacre chat --plain",
        ),
    },
    Entry {
        codes: &["NoKeyring"],
        cause: (
            "the system's keyring cannot be used",
            "não é possível usar o chaveiro do sistema",
        ),
        expected: (
            "an unlocked keyring, or another place for the key",
            "um chaveiro desbloqueado ou outro lugar para a chave",
        ),
        fix: (
            "give --key-file PATH or --passphrase",
            "indique --key-file CAMINHO ou --passphrase",
        ),
    },
    Entry {
        codes: &["KeyringEmpty"],
        cause: (
            "the system's keyring has no key for this data folder",
            "o chaveiro do sistema não tem chave para esta pasta de dados",
        ),
        expected: (
            "the keyring the account was made with",
            "o chaveiro com que a conta foi criada",
        ),
        fix: (
            "log in as the user who made the account; without the key the folder cannot be opened",
            "entre como o usuário que criou a conta; sem a chave a pasta não abre",
        ),
    },
    Entry {
        codes: &["KeyFileNotMade", "KeyFileUnreadable"],
        cause: (
            "the key file could not be used",
            "não foi possível usar o arquivo de chave",
        ),
        expected: (
            "a file this user can read and write",
            "um arquivo que este usuário possa ler e gravar",
        ),
        fix: (
            "check the path and its permissions; give another with --key-file",
            "verifique o caminho e as permissões; indique outro com --key-file",
        ),
    },
    Entry {
        codes: &["BadKeyFile"],
        cause: (
            "the key file does not hold a key",
            "o arquivo de chave não contém uma chave",
        ),
        expected: ("64 hexadecimal digits", "64 dígitos hexadecimais"),
        fix: (
            "give the right file with --key-file, or restore it from a backup",
            "indique o arquivo certo com --key-file ou restaure-o de um backup",
        ),
    },
    Entry {
        codes: &["KeyFileOpen"],
        cause: (
            "others can read the key file",
            "outros podem ler o arquivo de chave",
        ),
        expected: ("a file for its owner alone", "um arquivo só do dono"),
        fix: ("run: chmod 600 on it", "execute: chmod 600 nele"),
    },
    Entry {
        codes: &["OtherKey"],
        cause: (
            "the store's key is kept in another way than the flags say",
            "a chave do armazenamento é guardada de outro modo que as opções dizem",
        ),
        expected: (
            "the flags the account was made with, or none",
            "as opções com que a conta foi criada, ou nenhuma",
        ),
        fix: (
            "leave --key-file and --passphrase away",
            "retire --key-file e --passphrase",
        ),
    },
    Entry {
        codes: &["NoPassphrase", "PassphrasesDiffer"],
        cause: ("there is no passphrase to use", "não há senha para usar"),
        expected: (
            "the same passphrase twice on a terminal, or LACRE_PASSPHRASE",
            "a mesma senha duas vezes no terminal, ou LACRE_PASSPHRASE",
        ),
        fix: ("try again", "tente de novo"),
    },
    Entry {
        codes: &["NoDataFolder", "BadFolder"],
        cause: (
            "there is no usable data folder",
            "não há pasta de dados utilizável",
        ),
        expected: (
            "a folder this user can write",
            "uma pasta em que este usuário possa gravar",
        ),
        fix: ("give one with --data", "indique uma com --data"),
    },
    Entry {
        codes: &["SettingsDamaged", "SettingsNotWritten"],
        cause: (
            "account.json in the data folder cannot be used",
            "não é possível usar account.json na pasta de dados",
        ),
        expected: (
            "the file as lacre account create wrote it",
            "o arquivo como lacre account create gravou",
        ),
        fix: (
            "restore it from a backup; check disk and permissions",
            "restaure-o de um backup; verifique disco e permissões",
        ),
    },
    Entry {
        codes: &["NoSuchRoomHere"],
        cause: (
            "this device has no such room",
            "este dispositivo não tem essa sala",
        ),
        expected: (
            "a room's exact name, at least 4 digits of its id, or @handle",
            "o nome exato de uma sala, ao menos 4 dígitos do id, ou @nome",
        ),
        fix: (
            "see lacre rooms; a room you were just added to appears once lacre listen ran",
            "veja lacre rooms; uma sala recém-adicionada aparece depois de lacre listen",
        ),
    },
    Entry {
        codes: &["NoSuchPersonHere"],
        cause: (
            "this device has met nobody with that handle",
            "este dispositivo não conhece ninguém com esse nome",
        ),
        expected: (
            "the handle of somebody from a room of this device",
            "o nome de alguém de uma sala deste dispositivo",
        ),
        fix: (
            "see who is in a room with lacre rooms show",
            "veja quem está em uma sala com lacre rooms show",
        ),
    },
    Entry {
        codes: &["AmbiguousRoom"],
        cause: ("several rooms fit", "várias salas correspondem"),
        expected: ("exactly one", "exatamente uma"),
        fix: ("use more digits of its id", "use mais dígitos do id"),
    },
    Entry {
        codes: &["NotDone", "NotSent"],
        cause: (
            "the relay did not finish in time",
            "o relay não concluiu a tempo",
        ),
        expected: (
            "an answer within --timeout seconds",
            "uma resposta em --timeout segundos",
        ),
        fix: (
            "nothing is lost: it goes on with the next command; or wait longer with --timeout",
            "nada se perdeu: continua com o próximo comando; ou espere mais com --timeout",
        ),
    },
    Entry {
        codes: &["NoText", "NoInput", "NoOutput"],
        cause: ("input or output is missing", "falta entrada ou saída"),
        expected: (
            "a text as argument or on standard input",
            "um texto como argumento ou na entrada padrão",
        ),
        fix: (
            "give a text, or pipe one in",
            "informe um texto ou envie por um pipe",
        ),
    },
    Entry {
        codes: &["SetUpEnded"],
        cause: (
            "the input ended before the account was made",
            "a entrada acabou antes de a conta ser feita",
        ),
        expected: (
            "two lines: the relay's address and a handle",
            "duas linhas: o endereço do relay e um nome",
        ),
        fix: (
            "start again; or make the account with: lacre account create",
            "comece de novo; ou crie a conta com: lacre account create",
        ),
    },
    Entry {
        codes: &[
            "NoSuchProfile",
            "ProfileExists",
            "BadProfileName",
            "DefaultProfile",
        ],
        cause: (
            "the profile's name does not fit what was asked",
            "o nome do perfil não serve para o que foi pedido",
        ),
        expected: (
            "1 to 32 characters out of a-z 0-9 _ -; `default` is always there and stays",
            "de 1 a 32 caracteres entre a-z 0-9 _ -; `default` sempre existe e fica",
        ),
        fix: (
            "see the profiles with: lacre profile list",
            "veja os perfis com: lacre profile list",
        ),
    },
    Entry {
        codes: &["NotConfirmed"],
        cause: (
            "something that cannot be undone was not confirmed",
            "algo que não se desfaz não foi confirmado",
        ),
        expected: (
            "the name typed once more, or --yes",
            "o nome digitado mais uma vez, ou --yes",
        ),
        fix: (
            "nothing was removed; run it again with --yes if you mean it",
            "nada foi removido; execute de novo com --yes se é isso mesmo",
        ),
    },
    Entry {
        codes: &["CommandFailed"],
        cause: (
            "a line of the input did not do what it says",
            "uma linha da entrada não fez o que diz",
        ),
        expected: (
            "commands as /help lists them, and a room to write to",
            "comandos como /ajuda os lista, e uma sala para escrever",
        ),
        fix: (
            "the lines that begin with ! in the output say what and why",
            "as linhas da saída que começam com ! dizem o quê e por quê",
        ),
    },
    Entry {
        codes: &["UnknownCode"],
        cause: ("there is no such code", "esse código não existe"),
        expected: (
            "a code as it stands at the end of an error's first line",
            "um código como está no fim da primeira linha de um erro",
        ),
        fix: (
            "see all with: lacre explain",
            "veja todos com: lacre explain",
        ),
    },
    Entry {
        codes: &["RelayNotRunning"],
        cause: (
            "no relay is running with this folder",
            "nenhum relay está em execução com esta pasta",
        ),
        expected: (
            "a relay started with the same --data",
            "um relay iniciado com o mesmo --data",
        ),
        fix: (
            "run: lacre relay run, or give its folder with --data",
            "execute: lacre relay run, ou indique a pasta com --data",
        ),
    },
    Entry {
        codes: &["StatusNotWritten", "NoSignals"],
        cause: (
            "the system does not let the relay work as it should",
            "o sistema não deixa o relay funcionar como deve",
        ),
        expected: (
            "a folder that this user can write, and signals",
            "uma pasta em que este usuário possa gravar, e sinais",
        ),
        fix: (
            "check the folder's permissions",
            "verifique as permissões da pasta",
        ),
    },
    Entry {
        codes: &["FolderTaken"],
        cause: ("the folder exists already", "a pasta já existe"),
        expected: (
            "a folder that can be made",
            "uma pasta que possa ser criada",
        ),
        fix: ("choose another with --keep", "escolha outra com --keep"),
    },
    Entry {
        codes: &["PlaintextFound"],
        cause: (
            "something people wrote stands readable on disk",
            "algo que as pessoas escreveram está legível no disco",
        ),
        expected: ("nothing readable", "nada legível"),
        fix: (
            "report it: this must never happen",
            "relate: isto nunca pode acontecer",
        ),
    },
    Entry {
        codes: &["DemoStuck", "DemoWrong", "ScanBlind", "StoreUnreadable"],
        cause: (
            "the demonstration did not go as it must",
            "a demonstração não correu como deve",
        ),
        expected: (
            "every step within 20 seconds",
            "cada passo em até 20 segundos",
        ),
        fix: (
            "run it again on an idle machine; if it stays, report it",
            "execute de novo com a máquina ociosa; se persistir, relate",
        ),
    },
    Entry {
        codes: &["NoAnswer"],
        cause: (
            "no device of that person answered within three seconds",
            "nenhum dispositivo dessa pessoa respondeu em três segundos",
        ),
        expected: (
            "a person who is online, has the room among the latest ones, and is not invisible",
            "uma pessoa online, com a sala entre as mais recentes, e que não esteja invisível",
        ),
        fix: (
            "try again when they are online; messages reach them later all the same",
            "tente de novo quando ela estiver online; as mensagens chegam depois de qualquer modo",
        ),
    },
    Entry {
        codes: &["DoctorFound"],
        cause: (
            "a check of lacre doctor failed",
            "uma verificação de lacre doctor falhou",
        ),
        expected: (
            "every check passed, or passed over",
            "todas as verificações aprovadas",
        ),
        fix: (
            "do what stands under the first that failed, and run it again",
            "faça o que está sob a primeira que falhou e execute de novo",
        ),
    },
];
