//! Codes of a relay that does not start, and of its backups.

use super::Entry;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        codes: &["relay-config"],
        cause: (
            "the relay's settings contradict each other or lack something",
            "as configurações do relay se contradizem ou falta algo",
        ),
        expected: (
            "settings as lacre relay init writes them and lacre relay run --help lists them",
            "configurações como lacre relay init as grava e lacre relay run --help as lista",
        ),
        fix: (
            "change what the message names",
            "mude o que a mensagem indica",
        ),
    },
    Entry {
        codes: &["relay-unwell"],
        cause: (
            "lacre relay doctor found something that does not work",
            "lacre relay doctor encontrou algo que não funciona",
        ),
        expected: (
            "no line of its report with ✗",
            "nenhuma linha do relatório com ✗",
        ),
        fix: (
            "do what stands below each such line, then run it again",
            "faça o que está abaixo de cada uma dessas linhas e execute de novo",
        ),
    },
    Entry {
        codes: &["relay-keys"],
        cause: (
            "the relay's key file is missing, damaged, open to others, or of another store",
            "o arquivo de chaves do relay falta, está danificado, aberto a outros ou é de outro armazenamento",
        ),
        expected: (
            "the key file that was made with this store",
            "o arquivo de chaves criado com este armazenamento",
        ),
        fix: (
            "restore it from its backup; without it the relay is another one to its users",
            "restaure-o do backup; sem ele o relay é outro para quem o usa",
        ),
    },
    Entry {
        codes: &["relay-store"],
        cause: (
            "the relay's store could not be opened",
            "não foi possível abrir o armazenamento do relay",
        ),
        expected: (
            "a folder that this user may write, used by one relay; or a database that can be reached and is safe",
            "uma pasta em que este usuário grava, usada por um só relay; ou um banco alcançável e seguro",
        ),
        fix: (
            "do what the message says; lacre relay doctor looks at folder, disk and database",
            "faça o que a mensagem diz; lacre relay doctor examina pasta, disco e banco",
        ),
    },
    Entry {
        codes: &["relay-network"],
        cause: (
            "the relay cannot use its address",
            "o relay não pode usar o endereço",
        ),
        expected: (
            "a port of this machine that is free on UDP and TCP",
            "uma porta desta máquina livre em UDP e TCP",
        ),
        fix: (
            "choose another with --listen or --http, end what uses it, or leave TCP alone with --websocket false",
            "escolha outra com --listen ou --http, encerre o que a usa ou deixe TCP de lado com --websocket false",
        ),
    },
    Entry {
        codes: &["relay-tls"],
        cause: (
            "the relay's certificates could not be made",
            "não foi possível criar os certificados do relay",
        ),
        expected: (
            "a cryptographic library that works",
            "uma biblioteca criptográfica que funcione",
        ),
        fix: ("report it with the message", "relate com a mensagem"),
    },
    Entry {
        codes: &["relay-backup"],
        cause: (
            "the backup could not be made; nothing was left behind",
            "não foi possível fazer o backup; nada ficou para trás",
        ),
        expected: (
            "the data folder of a relay, and a new file on a disk with room",
            "a pasta de dados de um relay e um arquivo novo em um disco com espaço",
        ),
        fix: (
            "change what the message names, and try again",
            "mude o que a mensagem indica e tente de novo",
        ),
    },
    Entry {
        codes: &["relay-restore"],
        cause: (
            "the backup could not be put back",
            "não foi possível recolocar o backup",
        ),
        expected: (
            "a folder that this user may write, with room for the store",
            "uma pasta em que este usuário grava, com espaço para o armazenamento",
        ),
        fix: (
            "check permissions and disk, and run the restore again before the relay starts",
            "verifique permissões e disco e refaça a restauração antes de iniciar o relay",
        ),
    },
    Entry {
        codes: &["relay-bad-backup"],
        cause: (
            "the file is damaged, no backup, or of another key file; nothing was changed",
            "o arquivo está danificado, não é um backup ou é de outro arquivo de chaves; nada mudou",
        ),
        expected: (
            "a file that lacre relay backup wrote for this relay",
            "um arquivo que lacre relay backup gravou para este relay",
        ),
        fix: (
            "use an older backup, or the folder whose key file it belongs to",
            "use um backup anterior ou a pasta do arquivo de chaves a que ele pertence",
        ),
    },
    Entry {
        codes: &["relay-in-use"],
        cause: (
            "a relay runs on this folder; nothing was changed",
            "um relay está em execução nesta pasta; nada mudou",
        ),
        expected: ("a relay that is stopped", "um relay parado"),
        fix: (
            "stop the relay, restore, and start it again",
            "pare o relay, restaure e inicie-o de novo",
        ),
    },
    Entry {
        codes: &["relay-not-empty"],
        cause: (
            "the folder holds a store already; nothing was changed",
            "a pasta já contém um armazenamento; nada mudou",
        ),
        expected: (
            "a folder without a store, or the word that it may be replaced",
            "uma pasta sem armazenamento ou a indicação de que pode ser substituído",
        ),
        fix: (
            "give another folder, or add --replace: the store that is there is kept beside the new one",
            "indique outra pasta ou acrescente --replace: o armazenamento atual fica guardado ao lado",
        ),
    },
];
