//! Codes of what happens later: messages that wait, messages that go, people who are not who they were.

use super::Entry;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        codes: &["HandleMoved"],
        cause: (
            "a handle that this device knows belongs to another account now",
            "um @nome que este dispositivo conhece agora pertence a outra conta",
        ),
        expected: (
            "the person you know behind the handle",
            "a pessoa que você conhece por trás do @nome",
        ),
        fix: (
            "ask them in another way whether they have a new account; do it again to reach the new one",
            "pergunte à pessoa por outro meio se ela tem uma conta nova; repita para falar com a conta nova",
        ),
    },
    Entry {
        codes: &["NoSuchScheduled"],
        cause: (
            "no such message waits to be sent",
            "nenhuma mensagem assim espera para ser enviada",
        ),
        expected: (
            "a message that is still on the list",
            "uma mensagem que ainda está na lista",
        ),
        fix: (
            "look at the list again; perhaps it was sent already",
            "veja a lista de novo; talvez já tenha sido enviada",
        ),
    },
    Entry {
        codes: &["AlreadyOver"],
        cause: (
            "the message would go before it is sent",
            "a mensagem desapareceria antes de ser enviada",
        ),
        expected: ("a moment in the future", "um momento no futuro"),
        fix: (
            "give it more time, and check this device's clock",
            "dê mais tempo a ela e confira o relógio deste dispositivo",
        ),
    },
    Entry {
        codes: &["MessageGone"],
        cause: (
            "the message was deleted, or its time had come, before the relay had it",
            "a mensagem foi apagada, ou chegou a hora dela, antes de o relay a receber",
        ),
        expected: (
            "a message that is still there",
            "uma mensagem que ainda existe",
        ),
        fix: (
            "nothing is left to do; write it again if it is wanted",
            "nada a fazer; escreva de novo se quiser",
        ),
    },
];
