//! What people do with messages besides writing them, typed as commands in both languages.

use crate::commands::{Chat, Lang};

/// Two people in the room Álgebra 3, in which Ana has asked why x is negative.
pub(crate) fn all_of_it(ana: &mut Chat, bruno: &mut Chat, lang: Lang) {
    polls(ana, bruno, lang);
    pins(ana, bruno, lang);
    threads(ana, bruno, lang);
    later(ana, bruno, lang);
}

fn polls(ana: &mut Chat, bruno: &mut Chat, lang: Lang) {
    let t = |pt, en| lang.of(pt, en);
    ana.asks(
        t(
            "/enquete Quando estudamos? | segunda | terça",
            "/poll Quando estudamos? | segunda | terça",
        ),
        t(
            "perguntado em Álgebra 3; /votar",
            "asked in Álgebra 3; /vote",
        ),
    );
    // Who asks reads the numbers too.
    for person in [&mut *ana, &mut *bruno] {
        person.sees(": Quando estudamos?");
        person.sees("1. segunda (0)");
        person.sees("2. terça (0)");
    }
    bruno.asks(
        t("/votar 2", "/vote 2"),
        t(
            "seu voto em “Quando estudamos?”: terça",
            "your vote in “Quando estudamos?”: terça",
        ),
    );
    ana.sees(t(
        "@bruno votou em Álgebra 3: Quando estudamos? 1. segunda (0), 2. terça (1)",
        "@bruno voted in Álgebra 3: Quando estudamos? 1. segunda (0), 2. terça (1)",
    ));
    bruno.asks(t("/votar 1 estud", "/vote 1 estud"), ": segunda");
    ana.sees("1. segunda (1), 2. terça (0)");
    bruno.asks(t("/votar -", "/vote -"), t("retirado", "taken back"));
    ana.sees("1. segunda (0), 2. terça (0)");

    ana.types(t(
        "/enquete + O que levar? | pão | queijo",
        "/poll + O que levar? | pão | queijo",
    ));
    bruno.sees("2. queijo (0)");
    bruno.asks(t("/votar 1,2", "/vote 1,2"), "”: pão, queijo");
    ana.sees("1. pão (1), 2. queijo (1)");
    bruno.asks(
        t("/votar", "/vote"),
        t(
            "2 enquetes abertas em Álgebra 3",
            "2 open polls in Álgebra 3",
        ),
    );
    bruno.sees("1. segunda (0)");
    bruno.sees("2. queijo (1)");
    let closed = t(
        "a enquete em Álgebra 3 foi fechada: O que levar? 1. pão (1)",
        "the poll in Álgebra 3 is closed: O que levar? 1. pão (1)",
    );
    ana.asks(t("/fechar levar", "/close levar"), closed);
    bruno.sees(closed);
    bruno.asks(
        t("/buscar queijo", "/search queijo"),
        t("1 mensagem", "1 message"),
    );
    bruno.sees(t("(enquete encerrada)", "(the poll is closed)"));
}

fn pins(ana: &mut Chat, bruno: &mut Chat, lang: Lang) {
    let t = |pt, en| lang.of(pt, en);
    let pinned = t("fixada em Álgebra 3: ", "pinned in Álgebra 3: ");
    let line = bruno.asks(t("/fixar negativo", "/pin negativo"), pinned);
    assert!(line.ends_with(": Por que x é **negativo**?"), "{line}");
    let line = ana.sees(pinned);
    assert!(line.ends_with(": Por que x é **negativo**?"), "{line}");
    ana.types("última");
    bruno.sees(": última");
    ana.asks(t("/fixar ^", "/pin ^"), ": última");
    bruno.sees(pinned);
    bruno.asks(
        t("/fixar", "/pin"),
        t(
            "2 mensagens fixadas em Álgebra 3",
            "2 messages are pinned in Álgebra 3",
        ),
    );
    let row = bruno.sees("  1  ");
    assert!(row.ends_with("Por que x é **negativo**?"), "{row}");
    let row = bruno.sees("  2  ");
    assert!(row.ends_with("última"), "{row}");
    let down = t(
        "não está mais fixada em Álgebra 3: ",
        "no longer pinned in Álgebra 3: ",
    );
    bruno.asks(t("/desafixar 1", "/unpin 1"), down);
    ana.sees(down);
    ana.asks(t("/desafixar última", "/unpin última"), down);
    bruno.sees(down);
    bruno.asks(
        t("/fixar", "/pin"),
        t(
            "nada está fixado em Álgebra 3",
            "nothing is pinned in Álgebra 3",
        ),
    );
}

fn threads(ana: &mut Chat, bruno: &mut Chat, lang: Lang) {
    let t = |pt, en| lang.of(pt, en);
    bruno.asks(
        t("/topico negativo", "/thread negativo"),
        t(
            "tópico em Álgebra 3 com 0 resposta",
            "thread in Álgebra 3 with 0 replies",
        ),
    );
    bruno.types("porque ela abre para baixo");
    ana.sees(t(
        "[Álgebra 3, tópico “Por que x é **negativo**?”] @bruno: porque ela abre",
        "[Álgebra 3, thread “Por que x é **negativo**?”] @bruno: porque ela abre",
    ));
    bruno.asks(
        t("/topico", "/thread"),
        t("vai para Álgebra 3 de novo", "goes to Álgebra 3 again"),
    );
    bruno.types("de volta à sala");
    ana.sees("[Álgebra 3] @bruno: de volta à sala");
    // By any of its messages.
    ana.asks(
        t("/topico abre", "/thread abre"),
        t("com 1 resposta", "with 1 reply"),
    );
    ana.sees(t("[1 resposta no tópico]", "[1 reply in the thread]"));
    ana.sees("@bruno: porque ela abre para baixo");
    ana.asks(t("/topico", "/thread"), t("de novo", "again"));
}

fn later(ana: &mut Chat, bruno: &mut Chat, lang: Lang) {
    let t = |pt, en| lang.of(pt, en);
    let kept = t("vai para Álgebra 3 às ", "goes to Álgebra 3 at ");
    let number = |line: &str| line.rsplit(' ').next().unwrap().to_owned();
    let line = ana.asks(t("/agendar 2h Até amanhã", "/schedule 2h Até amanhã"), kept);
    let first = number(&line);
    let line = ana.asks(
        t(
            "/agendar amanhã 9:00 sem pressa",
            "/schedule tomorrow 9:00 sem pressa",
        ),
        kept,
    );
    let second = number(&line);
    ana.asks(
        t("/agendar", "/schedule"),
        t("mensagens que esperam", "messages that wait"),
    );
    let row = ana.sees("Até amanhã");
    assert!(row.trim().starts_with(&first), "{row}");
    let row = ana.sees("sem pressa");
    assert!(row.contains("09:00") && row.contains("Álgebra 3"), "{row}");
    ana.asks(
        &format!("{} {second}", t("/agendar cancelar", "/schedule cancel")),
        t(
            "não será enviada: sem pressa",
            "will not be sent: sem pressa",
        ),
    );
    let edit = t("/agendar editar", "/schedule edit");
    ana.asks(&format!("{edit} {first} Até logo"), kept);
    ana.asks(&format!("{edit} {first} 1s"), kept);
    bruno.sees(": Até logo");
    ana.sees(": Até logo");
    ana.asks(
        t("/agendar", "/schedule"),
        t("nenhuma mensagem espera", "no message waits"),
    );
}

/// Ana is told who comes and goes.
pub(crate) fn away(ana: &mut Chat, bruno: &mut Chat, lang: Lang) {
    let t = |pt, en| lang.of(pt, en);
    bruno.asks(
        t("/ausente", "/away"),
        t("veem que você está ausente", "see that you are away"),
    );
    ana.sees(t("@bruno está ausente", "@bruno is away"));
    ana.types(t("/usuarios", "/users"));
    ana.sees(t("Álgebra 3, 2 pessoas", "Álgebra 3, 2 people"));
    let row = ana.sees("@bruno");
    assert!(row.ends_with(t("ausente", "away")), "{row}");
    bruno.asks(t("/hora", "/time"), "UTC");
    ana.sees(t("@bruno voltou", "@bruno is back"));
}

/// Clara lets others know when she was there, tells Ana her name, and goes; Ana is told of both.
pub(crate) fn seen(ana: &mut Chat, mut clara: Chat, lang: Lang) {
    let t = |pt, en| lang.of(pt, en);
    clara.asks(t("/privado @ana olá", "/msg @ana olá"), "@ana");
    ana.sees("@clara: olá");
    clara.asks(
        t("/visto", "/seen"),
        t("não leem quando você esteve", "do not read when you were"),
    );
    clara.asks(
        t("/visto on", "/seen on"),
        t(
            "os outros leem quando você esteve",
            "others read when you were",
        ),
    );
    clara.asks(
        t("/nome Clara Nunes", "/name Clara Nunes"),
        t("você se chama Clara Nunes", "you are called Clara Nunes"),
    );
    ana.sees(t(
        "@clara agora se chama Clara Nunes",
        "@clara is called Clara Nunes now",
    ));
    assert_eq!(clara.leaves(t("/sair", "/quit")), 0);
    ana.sees(t(
        "* Clara Nunes desconectou",
        "* Clara Nunes has disconnected",
    ));
    ana.asks(
        t("/privado @clara", "/msg @clara"),
        t("na conversa com ", "conversation with "),
    );
    ana.asks(t("/usuarios", "/users"), t("2 pessoas", "2 people"));
    let row = ana.sees("  @clara");
    assert!(row.contains(t("visto ", "seen ")), "{row}");
}

/// What is wrong with them, in the room Xadrez.
pub(crate) fn wrong(ana: &mut Chat, lang: Lang) {
    let t = |pt, en| lang.of(pt, en);
    for (pt, en, told_pt, told_en) in [
        (
            "/votar 1",
            "/vote 1",
            "! não há em Xadrez",
            "! there is no open poll in Xadrez",
        ),
        (
            "/votar sim",
            "/vote yes",
            "! não entendi /votar",
            "! /vote was not understood",
        ),
        (
            "/enquete Quando? | só uma",
            "/poll When? | one",
            "! não entendi /enquete",
            "! /poll was not",
        ),
        (
            "/fechar",
            "/close",
            "! não há em Xadrez",
            "! there is no open poll in Xadrez",
        ),
        (
            "/fixar nada disso",
            "/pin none of it",
            "! nenhuma mensagem de Xadrez",
            "! no message in Xadrez",
        ),
        (
            "/desafixar",
            "/unpin",
            "! não entendi /desafixar",
            "! /unpin was not understood",
        ),
        (
            "/desafixar 3",
            "/unpin 3",
            "! nada com 3 está fixado",
            "! nothing with 3 is pinned",
        ),
        (
            "/topico",
            "/thread",
            "! não entendi /topico",
            "! /thread was not understood",
        ),
        (
            "/topico ^9",
            "/thread ^9",
            "! nenhuma mensagem de Xadrez",
            "! no message in Xadrez",
        ),
        (
            "/agendar 2h",
            "/schedule 2h",
            "! não entendi /agendar",
            "! /schedule was not understood",
        ),
        (
            "/agendar logo oi",
            "/schedule soon hi",
            "! /agendar precisa de uma hora",
            "! /schedule needs a time",
        ),
        (
            "/agendar 2020-01-01 9:00 oi",
            "/schedule 2020-01-01 9:00 hi",
            "! essa hora já passou",
            "! that time is over",
        ),
        (
            "/visto talvez",
            "/seen perhaps",
            "! não entendi /visto",
            "! /seen was not understood",
        ),
        (
            "/agendar cancelar 99",
            "/schedule cancel 99",
            "número 99",
            "the number 99",
        ),
    ] {
        ana.asks(t(pt, en), t(told_pt, told_en));
    }
    ana.asks(
        t("/enquete Joga? | sim | não", "/poll Joga? | sim | não"),
        t("perguntado em Xadrez", "asked in Xadrez"),
    );
    ana.sees("2. não (0)");
    ana.asks(
        t("/votar 7", "/vote 7"),
        t(
            "“7” não é um número de 1 a 2",
            "“7” is not a number from 1 to 2",
        ),
    );
    ana.asks(t("/votar 1,2", "/vote 1,2"), "(OneOption)");
}
