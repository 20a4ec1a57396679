//! Every command of the chat, typed by people in both languages against a real relay.

use crate::everyday;
use crate::harness::{Person, Relay, Running};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::ChildStdin;

thread_local! {
    /// The commands that were typed by the test of this thread.
    static TYPED: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

/// A language, by its option.
#[derive(Clone, Copy)]
pub(crate) struct Lang(&'static str);

impl Lang {
    /// The words of the language.
    pub(crate) fn of<'a>(self, pt: &'a str, en: &'a str) -> &'a str {
        if self.0 == "pt" { pt } else { en }
    }
}

/// A chat that somebody types into.
pub(crate) struct Chat {
    process: Running,
    input: ChildStdin,
}

impl Chat {
    pub(crate) fn start(person: &Person, lang: Lang) -> Self {
        let words = ["chat", "--plain", "--timeout", "60", "--lang", lang.0];
        let (process, input) = Running::typing(person.command(&words));
        let mut chat = Self { process, input };
        chat.sees(lang.of("conectado", "connected"));
        chat
    }

    pub(crate) fn types(&mut self, line: &str) {
        if let Some(call) = line.strip_prefix('/') {
            let name = call.split(' ').next().unwrap().to_owned();
            TYPED.with_borrow_mut(|typed| typed.insert(name));
        }
        writeln!(self.input, "{line}").unwrap();
    }

    /// Waits for a line that holds these words.
    #[track_caller]
    pub(crate) fn sees(&mut self, words: &str) -> String {
        self.process
            .line(words, |line| line.contains(words).then(|| line.to_owned()))
    }

    /// Types a line and waits for its answer.
    #[track_caller]
    pub(crate) fn asks(&mut self, line: &str, answer: &str) -> String {
        self.types(line);
        self.sees(answer)
    }

    /// Leaves; the exit code.
    pub(crate) fn leaves(mut self, quit: &str) -> i32 {
        self.types(quit);
        self.process.ended().0
    }
}

/// The names of a language's commands, from the guide that is checked against the table.
fn guide(lang: Lang) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs/guides/COMMANDS.md");
    let page = std::fs::read_to_string(path).unwrap();
    let mark = format!("<!-- commands {} -->", lang.0);
    let table = page.split_once(&mark).unwrap().1;
    let rows = table.lines().skip_while(|line| line.is_empty());
    let rows = rows.take_while(|line| line.starts_with('|'));
    let name = |row: &str| {
        let call = row.strip_prefix("| `/")?;
        let end = call.find([' ', '`'])?;
        Some(call[..end].to_owned())
    };
    rows.filter_map(name).collect()
}

#[test]
fn every_command_works_in_portuguese() {
    talks(Lang("pt"));
}

#[test]
fn every_command_works_in_english() {
    talks(Lang("en"));
}

fn talks(lang: Lang) {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let [ana, bruno, clara] =
        ["ana", "bruno", "clara"].map(|name| Person::create(root.path(), &relay, name));
    let (mut ana, mut bruno) = (Chat::start(&ana, lang), Chat::start(&bruno, lang));
    let t = |pt, en| lang.of(pt, en);

    ana.asks(t("/ajuda", "/help"), t("/sair", "/quit"));
    let page = ana.asks(t("/ajuda expulsar", "/help kick"), t("faz ", "does "));
    assert!(
        page.contains(t("Tira uma pessoa", "Puts a person out")),
        "{page}"
    );
    ana.asks(
        t("/salas", "/rooms"),
        t("nenhuma sala ainda", "no rooms yet"),
    );
    ana.asks(t("/hora", "/time"), "UTC");

    ana.asks(
        t("/grupo Álgebra 3 @bruno", "/group Álgebra 3 @bruno"),
        t("com 2 pessoas", "with 2 people"),
    );
    bruno.sees(t(
        "você agora está em Álgebra 3",
        "you are now in Álgebra 3",
    ));
    bruno.asks(
        t("/entrar álgebra 3", "/join álgebra 3"),
        t("você está em Álgebra 3", "you are in Álgebra 3"),
    );
    ana.types("Por que x é **negativo**?");
    bruno.sees("[Álgebra 3] @ana: Por que x é **negativo**?");
    bruno.types("//");
    ana.sees("[Álgebra 3] @bruno: /");

    ana.asks(
        t("/convidar @clara", "/invite @clara"),
        t("em Álgebra 3 agora: @clara", "added to Álgebra 3: @clara"),
    );
    bruno.sees(t("@clara entrou em Álgebra 3", "@clara joined Álgebra 3"));
    ana.asks(
        t("/usuarios", "/users"),
        t("Álgebra 3, 3 pessoas", "Álgebra 3, 3 people"),
    );
    let row = ana.sees("@ana");
    assert!(
        row.contains(t("dono", "owner")) && row.ends_with(t("você", "you")),
        "{row}"
    );
    ana.sees("@clara");
    ana.asks(
        t("/expulsar @clara", "/kick @clara"),
        t(
            "@clara está fora de Álgebra 3",
            "@clara is out of Álgebra 3",
        ),
    );
    bruno.sees(t("@clara saiu de Álgebra 3", "@clara left Álgebra 3"));

    ana.asks(
        t("/banir @clara", "/ban @clara"),
        t("@clara não entra mais", "@clara is kept out"),
    );
    ana.asks(
        t("/banir", "/ban"),
        t("banidos de Álgebra 3", "kept out of Álgebra 3"),
    );
    ana.sees("@clara");
    ana.asks(
        t("/convidar @clara", "/invite @clara"),
        t("! essa pessoa está banida", "! that person is kept out"),
    );
    ana.asks(
        t("/desbanir @clara", "/unban @clara"),
        t("@clara pode entrar", "@clara may come"),
    );
    ana.asks(
        t("/sumir 1w", "/disappear 1w"),
        t("somem depois de 7 d 0 h", "disappear after 7 d 0 h"),
    );
    ana.asks(
        t("/sumir off", "/disappear off"),
        t("as mensagens ficam em", "messages stay in"),
    );
    bruno.asks(
        t("/marcar-lida", "/read"),
        t(
            "tudo em Álgebra 3 está lido",
            "everything in Álgebra 3 is read",
        ),
    );

    ana.asks(
        t("/privado @bruno só para você", "/msg @bruno só para você"),
        t("escrito para @bruno", "written to @bruno"),
    );
    bruno.sees("[@ana] @ana: só para você");
    bruno.asks(
        t("/privado @ana", "/msg @ana"),
        t("na conversa com @ana", "conversation with @ana"),
    );
    bruno.types("respondo aqui");
    ana.sees("[@bruno] @bruno: respondo aqui");

    ana.asks(
        t("/historico 2", "/history 2"),
        t(
            "últimas 2 mensagens de Álgebra 3",
            "last 2 messages of Álgebra 3",
        ),
    );
    ana.sees("[Álgebra 3] @ana: Por que x");
    ana.sees("[Álgebra 3] @bruno: /");
    ana.asks(
        t("/buscar negativo", "/search negativo"),
        t("1 mensagem com negativo", "1 message with negativo"),
    );
    ana.sees("Por que x é **negativo**?");
    ana.asks(
        "/stats",
        t("Álgebra 3, como está", "Álgebra 3, as this device"),
    );
    let all = ana.sees(t("todas as mensagens", "all messages"));
    assert!(all.ends_with(t("2 mensagens", "2 messages")), "{all}");
    ana.sees(t("esta sessão", "this session"));
    ana.sees(t("mais ativo", "most active"));
    ana.sees(t("hora mais movimentada", "busiest hour"));

    ana.asks(
        t("/nome Ana Duarte", "/name Ana Duarte"),
        t(
            "você se chama Ana Duarte (@ana)",
            "you are called Ana Duarte (@ana)",
        ),
    );
    ana.asks(
        "/status em aula",
        t("você diz sobre si: em aula", "you say of yourself: em aula"),
    );
    // The others are told, and read the name from then on.
    bruno.sees(t(
        "@ana agora se chama Ana Duarte",
        "@ana is called Ana Duarte now",
    ));
    bruno.sees(t("Ana Duarte diz: em aula", "Ana Duarte says: em aula"));
    ana.types("com nome");
    bruno.sees("[Álgebra 3] Ana Duarte: com nome");
    bruno.asks(
        t("/entrar Álgebra 3", "/join Álgebra 3"),
        t("você está em Álgebra 3", "you are in Álgebra 3"),
    );
    bruno.asks(
        t("/usuarios", "/users"),
        t("Álgebra 3, 2 pessoas", "Álgebra 3, 2 people"),
    );
    let row = bruno.sees("@ana");
    assert!(
        row.contains("Ana Duarte") && row.ends_with("em aula"),
        "{row}"
    );
    bruno.asks(
        t("/silenciar 8h", "/mute 8h"),
        t("Álgebra 3 está silenciada até", "Álgebra 3 is silent until"),
    );
    bruno.asks(
        t("/silenciar off", "/mute off"),
        t("não está mais", "no longer silent"),
    );
    ana.asks(
        t("/nome -", "/name -"),
        t("pelo seu @nome, @ana", "by your handle, @ana"),
    );
    bruno.sees(t(
        "@ana voltou a usar o @nome",
        "@ana goes by the handle again",
    ));
    everyday::all_of_it(&mut ana, &mut bruno, lang);

    let mut chess = Chat::start(&clara, lang);
    chess.asks(
        t("/criar Xadrez da Praça", "/create Xadrez da Praça"),
        t(
            "Xadrez da Praça foi criada e está aberta",
            "Xadrez da Praça is made and open",
        ),
    );
    ana.asks(
        t("/salas", "/rooms"),
        t("abertas a todos", "open to everybody"),
    );
    // Everybody reads the name as it is listed, its members as it was given.
    let row = ana.sees("  xadrez da praça");
    assert!(row.ends_with(t("1 pessoa", "1 person")), "{row}");
    let row = chess.asks(t("/salas", "/rooms"), "  Xadrez da Praça");
    assert!(row.contains(t("aberta", "open")), "{row}");
    bruno.asks(
        t("/criar xadrez da praça", "/create xadrez da praça"),
        t(
            "! já existe uma sala xadrez da praça",
            "! a room xadrez da praça is there already",
        ),
    );
    // Its own name comes from a member: it may be told with the answer, or right after it.
    let entered = t(
        "* você está em xadrez da praça, 2 pessoas",
        "* you are in xadrez da praça, 2 people",
    );
    let line = bruno.asks(
        t("/entrar xadrez da praça", "/join xadrez da praça"),
        t("* você está em ", "* you are in "),
    );
    assert_eq!(line.to_lowercase(), entered);
    if line == entered {
        bruno.sees(t(
            "xadrez da praça agora se chama Xadrez da Praça",
            "xadrez da praça is called Xadrez da Praça now",
        ));
    }
    bruno.asks(t("/salas", "/rooms"), t("3 salas", "3 rooms"));
    bruno.sees("  Xadrez da Praça");
    chess.sees(t("@bruno entrou em", "@bruno joined"));
    bruno.types("xeque");
    chess.sees("[Xadrez da Praça] @bruno: xeque");
    assert_eq!(chess.leaves(t("/sair", "/quit")), 0);

    ana.asks(
        "/ping",
        t("até o relay e de volta", "to the relay and back"),
    );
    ana.asks(
        "/ping @bruno",
        t("até @bruno e de volta", "to @bruno and back"),
    );
    ana.asks(
        "/ping @clara",
        t("não tem sala em comum", "you share no room"),
    );
    ana.asks(t("/privado @clara oi", "/msg @clara oi"), "@clara");
    ana.asks(
        "/ping @clara",
        t("! @clara não responde", "! @clara does not answer"),
    );
    ana.asks(
        t("/usuarios", "/users"),
        t("Álgebra 3, 2 pessoas", "Álgebra 3, 2 people"),
    );
    let row = ana.sees("@bruno");
    assert!(row.ends_with(t("conectado", "online")), "{row}");
    ana.asks(t("/avisos", "/notices"), t("não avisa", "does not tell"));
    ana.asks(
        t("/avisos on", "/notices on"),
        t("o lacre avisa", "lacre tells"),
    );
    everyday::away(&mut ana, &mut bruno, lang);
    let clara = Chat::start(&clara, lang);
    ana.sees(t("@clara conectou", "@clara has connected"));
    everyday::seen(&mut ana, clara, lang);

    bruno.asks(
        t("/deixar Álgebra 3", "/leave Álgebra 3"),
        t("você saiu de Álgebra 3", "you left Álgebra 3"),
    );
    ana.sees(t("@bruno saiu de Álgebra 3", "@bruno left Álgebra 3"));
    // The first line that failed is the exit code: inviting somebody who is banned.
    assert_eq!(ana.leaves(t("/sair", "/quit")), 4);
    // A name that is taken is no wrong usage: it did not work.
    assert_eq!(bruno.leaves(t("/sair", "/quit")), 1);

    let typed = TYPED.with_borrow(Clone::clone);
    let left: Vec<_> = guide(lang).difference(&typed).cloned().collect();
    assert_eq!(left, Vec::<String>::new(), "commands that nobody typed");
}

#[test]
fn what_is_wrong_is_told_in_portuguese() {
    fails(Lang("pt"));
}

#[test]
fn what_is_wrong_is_told_in_english() {
    fails(Lang("en"));
}

fn fails(lang: Lang) {
    let root = tempfile::tempdir().unwrap();
    let relay = Relay::start(root.path());
    let [ana, bruno, _clara] =
        ["ana", "bruno", "clara"].map(|name| Person::create(root.path(), &relay, name));
    let (mut ana, mut bruno) = (Chat::start(&ana, lang), Chat::start(&bruno, lang));
    let t = |pt, en| lang.of(pt, en);

    ana.asks(
        "olá?",
        t("! você não está em nenhuma sala", "! you are not in a room"),
    );
    ana.sees(
        "/privado"
            .replace("/privado", t("/privado @pessoa", "/msg @person"))
            .as_str(),
    );
    ana.asks(
        t("/usarios", "/usres"),
        t(
            "! não existe o comando /usarios",
            "! there is no command /usres",
        ),
    );
    ana.sees(t("você quis dizer /usuarios?", "did you mean /users?"));
    ana.asks("/xyzzy", "/xyzzy");
    ana.sees(t("/ajuda lista os comandos", "/help lists the commands"));
    ana.asks(
        t("/ajuda hsitorico", "/help hsitory"),
        t("quis dizer /historico", "did you mean /history"),
    );
    ana.asks(
        t("/privado", "/msg"),
        t("! não entendi /privado", "! /msg was not understood"),
    );
    ana.sees(t(
        "escreva assim: /privado @PESSOA",
        "write it as /msg @PERSON",
    ));
    ana.asks(
        t("/privado @ninguem oi", "/msg @ninguem oi"),
        t("! ninguém se chama @ninguem", "! nobody is called @ninguem"),
    );
    ana.asks(
        t("/entrar Nada", "/join Nada"),
        t("! não existe a sala “Nada”", "! there is no room “Nada”"),
    );
    ana.asks(
        t("/grupo @bruno", "/group @bruno"),
        t("! não entendi /grupo", "! /group was not understood"),
    );
    ana.asks(
        t("/grupo X @ninguem", "/group X @ninguem"),
        t("! ninguém se chama", "! nobody is called"),
    );
    ana.asks(
        t("/buscar", "/search"),
        t("! não entendi /buscar", "! /search was not understood"),
    );
    ana.asks(
        t("/buscar nunca", "/search nunca"),
        t(
            "nenhuma mensagem deste dispositivo",
            "no message on this device",
        ),
    );

    ana.asks(t("/grupo Xadrez @bruno", "/group Xadrez @bruno"), "Xadrez");
    bruno.sees(t("agora está em Xadrez", "now in Xadrez"));
    ana.asks(
        t("/historico abc", "/history abc"),
        t(
            "“abc” não é um número de 1 a 1000",
            "“abc” is not a number from 1 to 1000",
        ),
    );
    ana.asks(
        t("/historico 0", "/history 0"),
        t("“0” não é", "“0” is not"),
    );
    ana.asks(
        t("/expulsar @clara", "/kick @clara"),
        t(
            "! @clara não está nesta sala",
            "! @clara is not in this room",
        ),
    );
    ana.asks(
        t("/expulsar @ana", "/kick @ana"),
        t("! essa pessoa é você", "! that is you"),
    );
    everyday::wrong(&mut ana, lang);
    bruno.asks(
        t("/entrar Xadrez", "/join Xadrez"),
        t("você está em Xadrez", "you are in Xadrez"),
    );
    bruno.asks(
        t("/expulsar @ana", "/kick @ana"),
        t(
            "! você não pode fazer isso aqui",
            "! you may not do that here",
        ),
    );
    bruno.asks(
        t("/banir @ana", "/ban @ana"),
        t(
            "! você não pode fazer isso aqui",
            "! you may not do that here",
        ),
    );
    ana.asks(
        t("/banir @bruno", "/ban @bruno"),
        t("@bruno não entra mais", "@bruno is kept out"),
    );
    bruno.sees(t(
        "você foi banido de Xadrez",
        "you were banned from Xadrez",
    ));
    bruno.asks(
        "ainda aqui?",
        t("! você não está em nenhuma sala", "! you are not in a room"),
    );
    bruno.asks(
        t("/privado @ana", "/msg @ana"),
        t("na conversa com @ana", "conversation with @ana"),
    );
    bruno.asks(
        t("/deixar", "/leave"),
        t(
            "! não dá para deixar uma conversa privada",
            "! a private conversation cannot be left",
        ),
    );

    // In a pipe the first failure is the exit code: not understood.
    assert_eq!(ana.leaves(t("/sair", "/quit")), 2);
}

#[test]
fn a_connection_that_breaks_and_comes_back_is_told() {
    let root = tempfile::tempdir().unwrap();
    let mut relay = Relay::start(root.path());
    let [ana, bruno] = ["ana", "bruno"].map(|name| Person::create(root.path(), &relay, name));
    let (mut ana, mut bruno) = (
        Chat::start(&ana, Lang("pt")),
        Chat::start(&bruno, Lang("en")),
    );
    ana.asks("/privado @bruno", "conversa com @bruno");
    bruno.sees("* @ana can write to you now");
    relay.kill();
    ana.sees("! a conexão caiu");
    bruno.sees("! the connection is lost");
    ana.types("guardado");
    relay.restart();
    ana.sees("* conectado de novo");
    bruno.sees("[@ana] @ana: guardado");
    assert_eq!(ana.leaves("/sair"), 0);
    drop(bruno);
}
