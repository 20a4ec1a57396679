//! Codes of the SDK: this device, its store and its way to the relay.

use super::Entry;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        codes: &["BadAddress"],
        cause: (
            "the relay's address cannot be read",
            "não foi possível ler o endereço do relay",
        ),
        expected: (
            "lacre://<52 letters and digits>@host:port",
            "lacre://<52 letras e dígitos>@host:porta",
        ),
        fix: (
            "copy the whole address that lacre relay run prints",
            "copie o endereço inteiro que lacre relay run mostra",
        ),
    },
    Entry {
        codes: &["WrongFingerprint", "BadRelayStatement", "WrongRelay"],
        cause: (
            "what answers there is not the relay of the address",
            "quem responde lá não é o relay do endereço",
        ),
        expected: (
            "the relay whose fingerprint stands in the address",
            "o relay cuja impressão digital está no endereço",
        ),
        fix: (
            "ask the operator for the address; if the relay has a new identity, take the address that names both with lacre account relay; if nothing has changed, somebody stands in between",
            "peça o endereço a quem opera; se o relay tem nova identidade, use o endereço que traz as duas com lacre account relay; se nada mudou, há alguém no meio",
        ),
    },
    Entry {
        codes: &["OtherRelay"],
        cause: (
            "this data folder belongs to another relay",
            "esta pasta de dados pertence a outro relay",
        ),
        expected: (
            "the relay the account was made on",
            "o relay em que a conta foi criada",
        ),
        fix: (
            "use the old address, one that names its identity beside the new one, or --data with a new folder",
            "use o endereço antigo, um que traga a identidade dele ao lado da nova, ou --data com uma pasta nova",
        ),
    },
    Entry {
        codes: &["Closed", "Paused"],
        cause: (
            "the client was closed or paused before this was done",
            "o cliente foi fechado ou pausado antes de concluir",
        ),
        expected: ("a client that stays open", "um cliente aberto"),
        fix: (
            "run it again; messages that were queued go out then",
            "execute de novo; mensagens na fila saem então",
        ),
    },
    Entry {
        codes: &["Refused"],
        cause: (
            "the relay does not let this device in",
            "o relay não deixa este dispositivo entrar",
        ),
        expected: (
            "a device that the relay knows",
            "um dispositivo que o relay conhece",
        ),
        fix: (
            "see the message; ask the operator",
            "veja a mensagem; fale com quem opera",
        ),
    },
    Entry {
        codes: &["NotApproved"],
        cause: (
            "this device waits to be approved",
            "este dispositivo aguarda aprovação",
        ),
        expected: (
            "approval on another device of the account",
            "aprovação em outro dispositivo da conta",
        ),
        fix: (
            "there, run: lacre account devices approve, with this device's id",
            "lá, execute: lacre account devices approve, com o id deste dispositivo",
        ),
    },
    Entry {
        codes: &["NoAccount"],
        cause: (
            "the data folder has no account yet",
            "a pasta de dados ainda não tem conta",
        ),
        expected: (
            "a folder in which an account was made",
            "uma pasta em que uma conta foi criada",
        ),
        fix: (
            "run: lacre account create --relay ADDRESS --handle NAME, or give the folder with --data",
            "execute: lacre account create --relay ENDEREÇO --handle NOME, ou indique a pasta com --data",
        ),
    },
    Entry {
        codes: &["StoreInUse"],
        cause: (
            "another process has this data folder open",
            "outro processo está com esta pasta de dados aberta",
        ),
        expected: ("one process for a folder", "um só processo por pasta"),
        fix: (
            "end the other one (a lacre listen?), or request a second device in another folder",
            "encerre o outro (um lacre listen?) ou peça um segundo dispositivo em outra pasta",
        ),
    },
    Entry {
        codes: &["WrongKey", "KeyFile", "NoKey"],
        cause: (
            "the key does not open the store, or the store is damaged",
            "a chave não abre o armazenamento, ou ele está danificado",
        ),
        expected: (
            "the passphrase or key it was made with",
            "a senha ou chave com que foi criado",
        ),
        fix: (
            "try the passphrase again, or give the right file with --key-file",
            "tente a senha de novo ou indique o arquivo certo com --key-file",
        ),
    },
    Entry {
        codes: &["StoreDamaged", "NoGroup"],
        cause: (
            "the store on this device is damaged",
            "o armazenamento neste dispositivo está danificado",
        ),
        expected: ("the file as it was written", "o arquivo como foi gravado"),
        fix: (
            "keep the folder; request a new device in another one; check the disk",
            "guarde a pasta; peça um novo dispositivo em outra; verifique o disco",
        ),
    },
    Entry {
        codes: &["DiskFull"],
        cause: (
            "the disk is full; nothing was lost",
            "o disco está cheio; nada se perdeu",
        ),
        expected: ("room to write", "espaço para gravar"),
        fix: (
            "free some space and try again",
            "libere espaço e tente de novo",
        ),
    },
    Entry {
        codes: &["StoreTooNew", "UnknownNotice", "NeedsNewerVersion"],
        cause: (
            "this was written by a newer version",
            "isto foi escrito por uma versão mais nova",
        ),
        expected: (
            "a version at least as new",
            "uma versão pelo menos tão nova",
        ),
        fix: ("update lacre", "atualize o lacre"),
    },
    Entry {
        codes: &["NothingToForward", "NotEditable"],
        cause: (
            "the message says nothing that could be taken over or changed",
            "a mensagem não diz nada que se possa repassar ou mudar",
        ),
        expected: ("a text that is still there", "um texto que ainda está lá"),
        fix: ("see lacre history", "veja lacre history"),
    },
    Entry {
        codes: &["NotAPoll", "NoSuchOption", "OneOption", "PollClosed"],
        cause: (
            "the poll does not take this vote",
            "a enquete não aceita esse voto",
        ),
        expected: (
            "an option of an open poll; several only where it allows that",
            "uma opção de uma enquete aberta; várias só onde ela permite",
        ),
        fix: ("see lacre history", "veja lacre history"),
    },
    Entry {
        codes: &["NoSuchMessage", "NoSuchReaction"],
        cause: (
            "this device has no such message",
            "este dispositivo não tem essa mensagem",
        ),
        expected: ("a message of this room", "uma mensagem desta sala"),
        fix: ("see lacre history", "veja lacre history"),
    },
    Entry {
        codes: &["NotAMember"],
        cause: ("the person is not in the room", "a pessoa não está na sala"),
        expected: ("a member", "um membro"),
        fix: ("see lacre rooms show", "veja lacre rooms show"),
    },
    Entry {
        codes: &["NotInRoom", "NotYours", "SendFailed", "Removed"],
        cause: (
            "this account may not write or change that here",
            "esta conta não pode escrever ou mudar isso aqui",
        ),
        expected: (
            "a member, for own messages their sender",
            "um membro; para mensagens próprias, quem as enviou",
        ),
        fix: (
            "ask a member to add you",
            "peça a um membro que adicione você",
        ),
    },
    Entry {
        codes: &[
            "RoomStopped",
            "InvalidMls",
            "MlsFailed",
            "BadProfile",
            "NoRoomKey",
            "BadContent",
            "NoWelcome",
            "WhileRepaired",
        ],
        cause: (
            "this device cannot follow the room, or something in it does not verify",
            "este dispositivo não consegue seguir a sala, ou algo nela não confere",
        ),
        expected: (
            "changes that every member can apply",
            "mudanças que todo membro possa aplicar",
        ),
        fix: (
            "keep the device online until an owner repairs the room; other rooms go on",
            "mantenha o dispositivo conectado até um dono reparar a sala; as outras continuam",
        ),
    },
    Entry {
        codes: &["Joining"],
        cause: (
            "the room is being entered",
            "a entrada na sala está em andamento",
        ),
        expected: ("a room that was entered", "uma sala em que já se entrou"),
        fix: ("wait a moment", "aguarde um momento"),
    },
    Entry {
        codes: &["Trimmed"],
        cause: (
            "the relay no longer holds what came before",
            "o relay não guarda mais o que veio antes",
        ),
        expected: (
            "messages within the room's retention",
            "mensagens dentro do prazo de guarda da sala",
        ),
        fix: (
            "ask a member for what you missed",
            "peça a um membro o que você perdeu",
        ),
    },
    Entry {
        codes: &["BadStamp"],
        cause: (
            "a message does not carry the relay's valid stamp and is not shown",
            "uma mensagem não traz o carimbo válido do relay e não é mostrada",
        ),
        expected: (
            "a message that could be reported",
            "uma mensagem que pudesse ser denunciada",
        ),
        fix: (
            "nothing; if it happens often, tell the operator",
            "nada; se for frequente, avise quem opera",
        ),
    },
    Entry {
        codes: &["BadName", "room.bad_listed_name"],
        cause: (
            "the name is empty, too long, or has characters that names have not",
            "o nome está vazio, é longo demais ou tem caracteres que nomes não têm",
        ),
        expected: (
            "a short name; a listed room's begins with a letter or a digit",
            "um nome curto; o de uma sala listada começa com letra ou dígito",
        ),
        fix: ("choose another", "escolha outro"),
    },
    Entry {
        codes: &["Internal", "Panicked"],
        cause: ("a defect in Lacre", "um defeito no Lacre"),
        expected: ("that this cannot happen", "que isto não possa acontecer"),
        fix: ("report it with the message", "relate com a mensagem"),
    },
    Entry {
        codes: &["NoEntropy", "NoThreads", "NoRandomness", "NoRuntime"],
        cause: (
            "the operating system refuses randomness or threads",
            "o sistema operacional nega aleatoriedade ou threads",
        ),
        expected: (
            "a system with resources to spare",
            "um sistema com recursos",
        ),
        fix: (
            "raise the limits of this user or container",
            "aumente os limites deste usuário ou contêiner",
        ),
    },
    Entry {
        codes: &["LogForked"],
        cause: (
            "the relay showed different people different histories of a room",
            "o relay mostrou históricos diferentes de uma sala a pessoas diferentes",
        ),
        expected: ("one history for everybody", "um só histórico para todos"),
        fix: (
            "trust the room no more; ask the operator, and the others by other means",
            "não confie mais na sala; pergunte a quem opera o relay e aos outros por outro meio",
        ),
    },
    Entry {
        codes: &["LogReset", "LogGap"],
        cause: (
            "the relay's store was restored or replaced, or it left entries out",
            "o armazenamento do relay foi restaurado ou trocado, ou ele omitiu entradas",
        ),
        expected: (
            "the log this device read before",
            "o registro que este dispositivo já leu",
        ),
        fix: (
            "keep the device online: rooms go on once an owner of each is online; what is here stays readable",
            "mantenha o dispositivo conectado: cada sala continua quando um dono dela estiver conectado; o que está aqui continua legível",
        ),
    },
    Entry {
        codes: &["Unsupported"],
        cause: (
            "this build cannot do that on this platform",
            "esta versão não faz isso nesta plataforma",
        ),
        expected: (
            "a build for this platform",
            "uma versão para esta plataforma",
        ),
        fix: ("use a native build", "use uma versão nativa"),
    },
];
