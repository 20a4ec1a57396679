//! Codes of a relay that does not start.

use super::Entry;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        codes: &["relay-config"],
        cause: (
            "the relay's settings contradict each other or lack something",
            "as configurações do relay se contradizem ou falta algo",
        ),
        expected: (
            "settings as in lacre relay run --help",
            "configurações como em lacre relay run --help",
        ),
        fix: (
            "change what the message names",
            "mude o que a mensagem indica",
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
            "a folder that this user may write, used by one relay",
            "uma pasta em que este usuário grava, usada por um só relay",
        ),
        fix: (
            "check permissions and disk, and that no other relay uses the folder",
            "verifique permissões e disco, e se outro relay usa a pasta",
        ),
    },
    Entry {
        codes: &["relay-network"],
        cause: (
            "the relay cannot use its address",
            "o relay não pode usar o endereço",
        ),
        expected: (
            "a free UDP port of this machine",
            "uma porta UDP livre desta máquina",
        ),
        fix: (
            "choose another with --listen or --http, or end what uses it",
            "escolha outra com --listen ou --http ou encerre o que a usa",
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
];
