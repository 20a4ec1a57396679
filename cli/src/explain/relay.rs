//! Codes that a relay answers with: the registry of the wire.

use super::Entry;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        codes: &["Unknown"],
        cause: (
            "the relay does not know whether it was stored",
            "o relay não sabe se foi gravado",
        ),
        expected: ("a certain answer", "uma resposta certa"),
        fix: (
            "nothing: it is asked again, and never stored twice",
            "nada: a pergunta é repetida e nada é gravado duas vezes",
        ),
    },
    Entry {
        codes: &["Busy"],
        cause: (
            "the relay has too much to do",
            "o relay está sobrecarregado",
        ),
        expected: ("a relay with time to spare", "um relay com folga"),
        fix: (
            "wait; it is tried again by itself",
            "aguarde; a tentativa é repetida automaticamente",
        ),
    },
    Entry {
        codes: &["RateLimited"],
        cause: (
            "this account, device or room sends too fast",
            "esta conta, dispositivo ou sala envia rápido demais",
        ),
        expected: ("fewer messages a second", "menos mensagens por segundo"),
        fix: (
            "wait as long as the message says",
            "aguarde o tempo que a mensagem indica",
        ),
    },
    Entry {
        codes: &["GoingAway"],
        cause: ("the relay is stopping", "o relay está sendo encerrado"),
        expected: ("a running relay", "um relay em execução"),
        fix: (
            "wait; the device connects again by itself",
            "aguarde; o dispositivo se reconecta sozinho",
        ),
    },
    Entry {
        codes: &["StoreFailed"],
        cause: (
            "the store could not be read or written; nothing was accepted",
            "não foi possível ler ou gravar o armazenamento; nada foi aceito",
        ),
        expected: (
            "a disk that works and has room",
            "um disco que funciona e tem espaço",
        ),
        fix: (
            "free space, check the disk and the folder's permissions, try again",
            "libere espaço, verifique o disco e as permissões da pasta e tente de novo",
        ),
    },
    Entry {
        codes: &["StoreFull"],
        cause: (
            "the relay's disk is almost full; nothing was accepted, reading goes on",
            "o disco do relay está quase cheio; nada foi aceito, a leitura continua",
        ),
        expected: (
            "a relay with room on its disk",
            "um relay com espaço em disco",
        ),
        fix: (
            "wait: it is tried again by itself; whoever runs the relay frees space or makes the disk larger",
            "aguarde: a tentativa é repetida; quem opera o relay libera espaço ou aumenta o disco",
        ),
    },
    Entry {
        codes: &[
            "Malformed",
            "UnexpectedMessage",
            "WrongGroup",
            "InvalidCommit",
            "BadStream",
            "HashMismatch",
            "NoSuchObject",
            "WrongKind",
            "BodyMissing",
            "BadNotice",
            "RelayMisbehaved",
        ],
        cause: (
            "one side sent what the other cannot read or does not expect",
            "um lado enviou o que o outro não consegue ler ou não espera",
        ),
        expected: (
            "the protocol of the version both speak",
            "o protocolo da versão que ambos falam",
        ),
        fix: (
            "update both sides; if it stays, report it with this code: it is a defect, or somebody tampers",
            "atualize os dois lados; se persistir, relate com este código: é um defeito ou alguém interfere",
        ),
    },
    Entry {
        codes: &["TooLarge"],
        cause: (
            "a message, list or room is larger than its limit",
            "uma mensagem, lista ou sala é maior que o limite",
        ),
        expected: (
            "at most 48 KiB of text; at most 128 devices in a group",
            "no máximo 48 KiB de texto; no máximo 128 dispositivos em um grupo",
        ),
        fix: ("send less, or split it", "envie menos ou divida"),
    },
    Entry {
        codes: &["UnsupportedVersion", "NoProtocol"],
        cause: (
            "relay and device have no protocol version in common",
            "relay e dispositivo não têm versão de protocolo em comum",
        ),
        expected: ("a version that both know", "uma versão que ambos conheçam"),
        fix: (
            "update the older of the two",
            "atualize o mais antigo dos dois",
        ),
    },
    Entry {
        codes: &["NoSuchAccount"],
        cause: (
            "nobody has this handle or account on the relay",
            "ninguém tem esse nome ou conta no relay",
        ),
        expected: ("somebody who signed up there", "alguém cadastrado lá"),
        fix: (
            "check the spelling; ask the person for their handle and relay",
            "confira a grafia; pergunte à pessoa o nome e o relay dela",
        ),
    },
    Entry {
        codes: &["NoSuchDevice"],
        cause: (
            "the device is not in the account's list",
            "o dispositivo não está na lista da conta",
        ),
        expected: ("a device that was approved", "um dispositivo aprovado"),
        fix: (
            "run: lacre account devices request, and approve it on another device",
            "execute: lacre account devices request, e aprove em outro dispositivo",
        ),
    },
    Entry {
        codes: &["DeviceRevoked"],
        cause: (
            "the device was taken out of its account",
            "o dispositivo foi retirado da conta",
        ),
        expected: (
            "a device in the account's list",
            "um dispositivo na lista da conta",
        ),
        fix: (
            "link it again in a new data folder, if that was a mistake",
            "vincule-o de novo em outra pasta de dados, se foi engano",
        ),
    },
    Entry {
        codes: &["BadSignature"],
        cause: (
            "the relay could not verify this device's login",
            "o relay não pôde verificar o acesso deste dispositivo",
        ),
        expected: (
            "a signature by the device's own key",
            "uma assinatura com a chave do próprio dispositivo",
        ),
        fix: (
            "check that nothing rewrites traffic; update; if it stays, report it",
            "verifique se nada altera o tráfego; atualize; se persistir, relate",
        ),
    },
    Entry {
        codes: &["CopiedStore"],
        cause: (
            "this data folder is a copy of another, or an old backup: the relay has seen a newer login",
            "esta pasta de dados é cópia de outra ou um backup antigo: o relay já viu um acesso mais novo",
        ),
        expected: (
            "the one folder that was used last",
            "a única pasta, a usada por último",
        ),
        fix: (
            "go on with the newest folder; to use two, request a second device in a new folder",
            "continue com a pasta mais nova; para usar duas, peça um segundo dispositivo em outra pasta",
        ),
    },
    Entry {
        codes: &["HandleTaken"],
        cause: (
            "the handle belongs to somebody else",
            "o nome pertence a outra pessoa",
        ),
        expected: (
            "a handle that nobody has on this relay",
            "um nome que ninguém tem neste relay",
        ),
        fix: ("choose another with --handle", "escolha outro com --handle"),
    },
    Entry {
        codes: &["BadHandle"],
        cause: (
            "the handle has characters or a length that handles cannot have",
            "o nome tem caracteres ou tamanho que nomes não podem ter",
        ),
        expected: (
            "2 to 32 characters out of a-z 0-9 _ . -",
            "2 a 32 caracteres entre a-z 0-9 _ . -",
        ),
        fix: ("choose another with --handle", "escolha outro com --handle"),
    },
    Entry {
        codes: &["SignUpClosed"],
        cause: (
            "the relay takes no new accounts",
            "o relay não aceita novas contas",
        ),
        expected: ("a relay with open sign-up", "um relay com cadastro aberto"),
        fix: ("ask its operator", "fale com quem o opera"),
    },
    Entry {
        codes: &["AccountExists"],
        cause: (
            "this data folder, or the relay, has this account already",
            "esta pasta de dados, ou o relay, já tem esta conta",
        ),
        expected: ("a fresh data folder", "uma pasta de dados nova"),
        fix: (
            "use it as it is (lacre account show), or give another folder with --data",
            "use-a como está (lacre account show) ou indique outra pasta com --data",
        ),
    },
    Entry {
        codes: &["BadIdentity", "BadGrant"],
        cause: (
            "a key, certificate or device list does not verify",
            "uma chave, certificado ou lista de dispositivos não confere",
        ),
        expected: (
            "a chain of signatures that leads to the account's id",
            "uma cadeia de assinaturas que leva ao id da conta",
        ),
        fix: (
            "do not trust what was shown; ask the person over another way; tell the operator",
            "não confie no que foi mostrado; fale com a pessoa por outro meio; avise quem opera o relay",
        ),
    },
    Entry {
        codes: &["StaleDeviceList"],
        cause: (
            "an older list of somebody's devices than the one known",
            "uma lista de dispositivos mais antiga que a conhecida",
        ),
        expected: ("the newest list", "a lista mais nova"),
        fix: (
            "try again; if it stays, the relay may hide that a device was revoked",
            "tente de novo; se persistir, o relay pode estar escondendo uma revogação",
        ),
    },
    Entry {
        codes: &["NoSuchRoom"],
        cause: (
            "there is no such room, or not one this account may know of",
            "essa sala não existe ou esta conta não pode saber dela",
        ),
        expected: (
            "the id of an open room, or a room you are in",
            "o id de uma sala aberta ou uma sala em que você está",
        ),
        fix: (
            "check the id; ask a member to add you",
            "confira o id; peça a um membro que adicione você",
        ),
    },
    Entry {
        codes: &["NotAReader"],
        cause: (
            "this device does not read the room",
            "este dispositivo não lê a sala",
        ),
        expected: ("a member's device", "o dispositivo de um membro"),
        fix: (
            "ask a member to add you",
            "peça a um membro que adicione você",
        ),
    },
    Entry {
        codes: &["RoomExists"],
        cause: (
            "the room, or the pair of people, has a room already",
            "a sala, ou a dupla de pessoas, já existe",
        ),
        expected: ("one room", "uma só sala"),
        fix: ("use the one there is", "use a que existe"),
    },
    Entry {
        codes: &["RoomFull"],
        cause: ("the room is full", "a sala está cheia"),
        expected: (
            "at most 128 devices in a group, 2000 in a space",
            "no máximo 128 dispositivos em um grupo, 2000 em um espaço",
        ),
        fix: (
            "wait until somebody leaves, invite fewer people, or use a second room",
            "espere alguém sair, convide menos pessoas ou use uma segunda sala",
        ),
    },
    Entry {
        codes: &["JoinRefused"],
        cause: (
            "the room does not let this account in",
            "a sala não deixa esta conta entrar",
        ),
        expected: (
            "an open room, or an invitation",
            "uma sala aberta ou um convite",
        ),
        fix: (
            "ask a member to add you",
            "peça a um membro que adicione você",
        ),
    },
    Entry {
        codes: &["NotAllowed"],
        cause: (
            "the room's rules do not allow it",
            "as regras da sala não permitem",
        ),
        expected: ("a role that may do this", "um papel que possa fazer isto"),
        fix: ("ask an owner of the room", "peça a um dono da sala"),
    },
    Entry {
        codes: &["NotYourTurn"],
        cause: (
            "somebody else is changing the room right now",
            "outra pessoa está mudando a sala agora",
        ),
        expected: ("one change at a time", "uma mudança de cada vez"),
        fix: (
            "nothing: it is tried again by itself",
            "nada: a tentativa é repetida automaticamente",
        ),
    },
    Entry {
        codes: &["RoomFrozen"],
        cause: (
            "members reported that the room cannot be followed; it waits for its next generation",
            "membros relataram que a sala não pode ser seguida; ela espera a próxima geração",
        ),
        expected: (
            "a room that all members can follow",
            "uma sala que todos os membros conseguem seguir",
        ),
        fix: (
            "wait until an owner's device was online",
            "aguarde até o dispositivo de um dono ficar conectado",
        ),
    },
    Entry {
        codes: &["NoKeyPackage"],
        cause: (
            "a person's device has left no key to add it with",
            "o dispositivo de uma pessoa não deixou chave para ser adicionado",
        ),
        expected: (
            "a device that was online since it was set up",
            "um dispositivo que já se conectou",
        ),
        fix: (
            "ask the person to connect once, then add them",
            "peça à pessoa que se conecte uma vez e adicione-a",
        ),
    },
];
