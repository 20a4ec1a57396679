//! Codes of the way to the relay.

use super::Entry;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        codes: &["Offline", "Unreachable"],
        cause: (
            "the relay could not be reached",
            "não foi possível alcançar o relay",
        ),
        expected: ("an answer over UDP or TCP", "uma resposta por UDP ou TCP"),
        fix: (
            "check the network, the address, and that the relay runs; a firewall may block both ports",
            "verifique a rede, o endereço e se o relay está em execução; um firewall pode bloquear as duas portas",
        ),
    },
    Entry {
        codes: &["NoSuchHost"],
        cause: (
            "the relay's name was not found",
            "o nome do relay não foi encontrado",
        ),
        expected: ("a name with an address", "um nome com endereço"),
        fix: (
            "check the network and the name in the relay's address",
            "verifique a rede e o nome no endereço do relay",
        ),
    },
    Entry {
        codes: &["UdpSilent", "UdpRefused"],
        cause: (
            "UDP does not get through to the relay",
            "UDP não chega ao relay",
        ),
        expected: ("an answer over UDP", "uma resposta por UDP"),
        fix: (
            "nothing, where TCP works; for quicker connections, ask who runs the network to let UDP out to the relay's port",
            "nada, se TCP funciona; para conexões mais rápidas, peça a quem cuida da rede que libere UDP para a porta do relay",
        ),
    },
    Entry {
        codes: &["TcpSilent", "TcpRefused"],
        cause: (
            "TCP does not get through to the relay",
            "TCP não chega ao relay",
        ),
        expected: (
            "an answer over TCP on the port of the address",
            "uma resposta por TCP na porta do endereço",
        ),
        fix: (
            "nothing, where UDP works; else ask the operator to open the TCP port of that number too",
            "nada, se UDP funciona; senão peça a quem opera que abra também a porta TCP desse número",
        ),
    },
    Entry {
        codes: &["ClockWrong"],
        cause: (
            "the clock of this device and the relay's differ",
            "o relógio deste aparelho e o do relay diferem",
        ),
        expected: (
            "at most two minutes between them",
            "no máximo dois minutos entre eles",
        ),
        fix: (
            "let the system set its time from the network; if it is right, tell the relay's operator",
            "deixe o sistema acertar a hora pela rede; se estiver certa, avise quem opera o relay",
        ),
    },
];
