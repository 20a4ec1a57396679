//! Codes of the rules of rooms: why a change may not pass.

use super::Entry;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        codes: &["room.needs_newer_version"],
        cause: (
            "the room asks for rules of a later version",
            "a sala pede regras de uma versão mais nova",
        ),
        expected: ("a program that knows them", "um programa que as conheça"),
        fix: (
            "update lacre; the room is kept",
            "atualize o lacre; a sala é mantida",
        ),
    },
    Entry {
        codes: &["room.may_not", "room.foreign_device"],
        cause: (
            "the account's role does not carry the right",
            "o papel da conta não dá esse direito",
        ),
        expected: (
            "an owner, or for a device its own account",
            "um dono; para um dispositivo, a própria conta",
        ),
        fix: ("ask an owner of the room", "peça a um dono da sala"),
    },
    Entry {
        codes: &["room.last_owner", "room.role_kept"],
        cause: (
            "the room would be left without its owner, or a role without its person",
            "a sala ficaria sem dono, ou um papel sem pessoa",
        ),
        expected: (
            "at least one owner while there are members",
            "ao menos um dono enquanto houver membros",
        ),
        fix: (
            "make somebody else owner first",
            "torne outra pessoa dona primeiro",
        ),
    },
    Entry {
        codes: &["CoolingDown"],
        cause: (
            "a change that this account made to the room could not be followed by the others, and the room stopped",
            "uma mudança que esta conta fez na sala não pôde ser seguida pelos outros, e a sala parou",
        ),
        expected: (
            "no other change by this account until the time named in the message is over",
            "nenhuma outra mudança desta conta até passar o tempo indicado na mensagem",
        ),
        fix: (
            "wait; messages are not concerned. If it happens again, update lacre",
            "aguarde; as mensagens não são afetadas. Se acontecer de novo, atualize o lacre",
        ),
    },
    Entry {
        codes: &["Banned", "room.banned"],
        cause: (
            "the account is banned from the room",
            "a conta está banida da sala",
        ),
        expected: (
            "an account that the room does not keep out",
            "uma conta que a sala não mantém fora",
        ),
        fix: (
            "ask an owner of the room to lift the ban",
            "peça a um dono da sala que retire o banimento",
        ),
    },
    Entry {
        codes: &["NameTaken"],
        cause: (
            "another room is listed under this name",
            "outra sala está listada com este nome",
        ),
        expected: (
            "a name that no room of the relay has",
            "um nome que nenhuma sala do relay tenha",
        ),
        fix: (
            "enter that room, or choose another name",
            "entre nessa sala ou escolha outro nome",
        ),
    },
    Entry {
        codes: &["NotOneself"],
        cause: (
            "nobody puts themselves out of a room",
            "ninguém remove a si mesmo de uma sala",
        ),
        expected: ("another person", "outra pessoa"),
        fix: ("leave the room instead", "saia da sala"),
    },
    Entry {
        codes: &["BadDuration"],
        cause: (
            "messages cannot disappear after such a time",
            "mensagens não podem sumir depois desse tempo",
        ),
        expected: ("1 second to 366 days", "de 1 segundo a 366 dias"),
        fix: (
            "choose another time, or let them stay",
            "escolha outro tempo ou deixe-as ficar",
        ),
    },
    Entry {
        codes: &["room.join_closed", "room.not_in_pair"],
        cause: (
            "the room does not let this account in by itself",
            "a sala não deixa esta conta entrar por si",
        ),
        expected: (
            "an open room, or a member who adds",
            "uma sala aberta ou um membro que adicione",
        ),
        fix: (
            "ask a member to add you",
            "peça a um membro que adicione você",
        ),
    },
    Entry {
        codes: &[
            "DirectRoom",
            "room.fixed_in_direct",
            "room.last_leaf_of_peer",
        ],
        cause: (
            "a direct room belongs to its two people",
            "uma sala direta pertence às duas pessoas",
        ),
        expected: (
            "no roles, and nobody who leaves or is put out",
            "sem papéis, saídas e remoções",
        ),
        fix: ("use a group", "use um grupo"),
    },
    Entry {
        codes: &[
            "room.too_many_devices",
            "room.state_too_large",
            "room.profile_too_large",
            "room.too_many_bans",
        ],
        cause: (
            "the room would outgrow its limit",
            "a sala passaria do limite",
        ),
        expected: (
            "at most 128 devices in a group, 2000 in a space; at most 128 bans",
            "no máximo 128 dispositivos em um grupo, 2000 em um espaço; no máximo 128 banimentos",
        ),
        fix: (
            "use a second room, a shorter name, or lift a ban",
            "use uma segunda sala, um nome mais curto ou retire um banimento",
        ),
    },
    Entry {
        codes: &[
            "room.identity",
            "room.old_device_list",
            "room.leaf_changed",
            "room.limited_lifetime",
        ],
        cause: (
            "a device's identity in the room is not believed",
            "a identidade de um dispositivo na sala não é aceita",
        ),
        expected: (
            "certificates and a device list at least as new as the room has seen",
            "certificados e lista de dispositivos tão novos quanto a sala já viu",
        ),
        fix: (
            "update that device and connect it once",
            "atualize esse dispositivo e conecte-o uma vez",
        ),
    },
    Entry {
        codes: &[
            "room.target_absent",
            "room.not_present",
            "room.already_present",
            "room.no_such_leaf",
        ],
        cause: (
            "somebody is already in the room, or no longer",
            "alguém já está na sala, ou não está mais",
        ),
        expected: ("the members as they are now", "os membros como estão agora"),
        fix: (
            "see lacre rooms show, and try again",
            "veja lacre rooms show e tente de novo",
        ),
    },
    Entry {
        codes: &[
            "room.state_unreadable",
            "room.operations_unreadable",
            "room.named_twice",
            "room.committer_removed",
            "room.relay_may_only_remove",
            "room.external_content",
            "room.several_updates",
            "room.context_extensions",
            "room.unsupported",
        ],
        cause: (
            "a change of the room breaks its rules",
            "uma mudança da sala quebra as regras",
        ),
        expected: (
            "a change that every member can check",
            "uma mudança que todo membro possa conferir",
        ),
        fix: (
            "update all devices; if it stays, report it with this code",
            "atualize todos os dispositivos; se persistir, relate com este código",
        ),
    },
    Entry {
        codes: &["NotVouched", "WrongGeneration"],
        cause: (
            "no member this device trusts stands by what the relay offers as the room",
            "nenhum membro em que este dispositivo confia responde pelo que o relay oferece como a sala",
        ),
        expected: (
            "a state of the room that a member vouches for under the room's key",
            "um estado da sala pelo qual um membro responda com a chave da sala",
        ),
        fix: (
            "wait until another member changes the room, or ask one to remove and invite you again",
            "espere que outro membro mude a sala, ou peça a um que remova e convide você de novo",
        ),
    },
    Entry {
        codes: &[
            "generation.opener",
            "generation.kind",
            "generation.pair",
            "generation.not_owner",
            "generation.banned",
        ],
        cause: (
            "the room cannot go on in a new group like this",
            "a sala não pode continuar assim em um novo grupo",
        ),
        expected: (
            "an owner who takes the same room along",
            "um dono que leve a mesma sala adiante",
        ),
        fix: (
            "wait for an owner of the room to be online",
            "espere que um dono da sala esteja conectado",
        ),
    },
];
