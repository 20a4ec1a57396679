//! The help of the command line: the English of `args` and its Portuguese.

mod relay;

use super::{Lang, lang};

/// The text in the language of the process, if that is not English.
pub(crate) fn translate(english: &str) -> Option<String> {
    match lang() {
        Lang::En => None,
        Lang::Pt => portuguese(english).map(str::to_owned),
    }
}

/// The Portuguese of a help text. A long text is known by its first line.
pub(crate) fn portuguese(english: &str) -> Option<&'static str> {
    let fits = |known: &str| {
        known == english || known.ends_with('…') && english.starts_with(known.trim_end_matches('…'))
    };
    HELP.iter()
        .chain(relay::HELP)
        .find(|(known, _)| fits(known))
        .map(|(_, portuguese)| *portuguese)
}

const HELP: &[(&str, &str)] = &[
    (
        "End-to-end encrypted chat: run a relay, or talk through one",
        "Conversas cifradas de ponta a ponta: opere um relay ou fale por um",
    ),
    (
        "Language of the output: en or pt",
        "Idioma da saída: en ou pt",
    ),
    ("English", "Inglês"),
    ("Português", "Português"),
    (
        "Three people and a relay on this machine, next to what the relay stored",
        "Três pessoas e um relay nesta máquina, ao lado do que o relay guardou",
    ),
    ("Talk in this terminal", "Converse neste terminal"),
    (
        "Talk in this terminal.…",
        "Converse neste terminal.\n\nO que você digita vai para a sala; /ajuda lista os comandos. Linhas de um \
         pipe valem o mesmo: cada uma é enviada ou executada na sua vez, e no fim da entrada sai antes o que \
         está na fila. O código de saída é então o da primeira linha que falhou.",
    ),
    (
        "Where to begin: a room's name, its id, or @handle of a person",
        "Onde começar: o nome de uma sala, o id dela, ou @nome de uma pessoa",
    ),
    (
        "Lines without drawing, for screen readers; used by itself where there is no terminal",
        "Linhas sem desenho, para leitores de tela; usado sozinho onde não há terminal",
    ),
    (
        "Several accounts or relays on this machine",
        "Várias contas ou relays nesta máquina",
    ),
    (
        "Which of several accounts [default: the one that `lacre profile use` chose]",
        "Qual de várias contas [padrão: a que `lacre profile use` escolheu]",
    ),
    (
        "The profiles, and which one is in use",
        "Os perfis, e qual está em uso",
    ),
    (
        "Make a profile for another account; its account is made at its first chat",
        "Cria um perfil para outra conta; a conta é criada na primeira conversa dele",
    ),
    (
        "Use this profile wherever --profile does not say otherwise",
        "Usa este perfil onde --profile não disser outra coisa",
    ),
    (
        "Remove a profile with its account's keys and messages from this device",
        "Remove deste dispositivo um perfil com as chaves e mensagens da conta",
    ),
    (
        "Folder with the profiles [default: lacre in the user's data folder]",
        "Pasta dos perfis [padrão: lacre na pasta de dados do usuário]",
    ),
    (
        "The profile's name; `default` is the one that is always there",
        "O nome do perfil; `default` é o que sempre existe",
    ),
    ("The profile's name", "O nome do perfil"),
    ("Without asking", "Sem perguntar"),
    ("Send one message", "Envia uma mensagem"),
    (
        "Print what happens as it happens",
        "Mostra o que acontece, na hora",
    ),
    (
        "Print what happens as it happens.…",
        "Mostra o que acontece, na hora.\n\nFica até Ctrl-C. Com --json, um objeto por linha; campos só são acrescentados: \
         {\"type\":\"message\" ou \"message_changed\",\"room\",\"room_name\",\"id\",\"seq\",\"time\",\"sender\":{\"account\",\"handle\"},\
         \"own\",\"kind\",\"text\",\"reply_to\",\"edited\",\"reactions\":[{\"emoji\",\"accounts\"}],\"state\"}; \
         {\"type\":\"message_removed\",\"room\",\"room_name\",\"id\"}; \
         {\"type\":\"connection\",\"state\":\"online\" ou \"offline\"}; \
         {\"type\":\"room_added\" ou \"room_changed\",\"room\",\"room_name\"}; \
         {\"type\":\"room_removed\",\"room\",\"left\",\"banned\"}; {\"type\":\"room_stopped\",\"room\",\"error\"}; \
         {\"type\":\"member\",\"room\",\"member\":{\"account\",\"handle\"},\"joined\",\"time\"}; \
         {\"type\":\"approval_requested\",\"device\",\"name\"}; {\"type\":\"approved\"}; \
         {\"type\":\"lagged\",\"missed\"}; {\"type\":\"error\",\"error\":{\"code\",\"message\",\"retryable\"}}. \
         Tempos em milissegundos desde 1970, ids em hexadecimal.",
    ),
    (
        "Messages already on this device; needs no network",
        "Mensagens já neste dispositivo; não precisa de rede",
    ),
    (
        "Find messages on this device; needs no network",
        "Procura mensagens neste dispositivo; não precisa de rede",
    ),
    (
        "Words that must all be there; the last one may be the beginning of a word, and words in quotes stand together",
        "Palavras que devem estar todas lá; a última pode ser o começo de uma palavra, e palavras entre aspas ficam juntas",
    ),
    (
        "Only what this person wrote",
        "Só o que esta pessoa escreveu",
    ),
    (
        "My rooms: list, create, invite, join, leave",
        "Minhas salas: listar, criar, convidar, entrar, sair",
    ),
    (
        "My account and its devices",
        "Minha conta e seus dispositivos",
    ),
    (
        "Check account, network and relay, and say what to do",
        "Verifica conta, rede e relay e diz o que fazer",
    ),
    (
        "Check account, network and relay, and say what to do.…",
        "Verifica conta, rede e relay e diz o que fazer.\n\nOlha a pasta de dados, o nome do relay, os dois caminhos até \
         ele, a impressão digital, a entrada, o relógio e o caminho que a conexão toma. Termina com 0 quando se pode \
         conversar, senão com 1.",
    ),
    (
        "Print one JSON object a check: {\"check\",\"result\",\"found\",\"remedy\"}",
        "Um objeto JSON por verificação: {\"check\",\"result\",\"found\",\"remedy\"}",
    ),
    (
        "Cause and fix of an error code",
        "Causa e solução de um código de erro",
    ),
    ("Run and look after a relay", "Operar e acompanhar um relay"),
    (
        "Folder with the account's data [default: lacre in the user's data folder]",
        "Pasta com os dados da conta [padrão: lacre na pasta de dados do usuário]",
    ),
    (
        "The store's key is in this file, not in the system's keyring",
        "A chave do armazenamento está neste arquivo, não no chaveiro do sistema",
    ),
    (
        "The store's key comes from a passphrase: asked, or taken from LACRE_PASSPHRASE",
        "A chave do armazenamento vem de uma senha: pedida, ou tirada de LACRE_PASSPHRASE",
    ),
    (
        "Seconds to wait for the relay",
        "Segundos de espera pelo relay",
    ),
    (
        "Keep the folders of relay and people here, to look at them; must not exist yet",
        "Guarda aqui as pastas do relay e das pessoas, para examiná-las; não pode existir ainda",
    ),
    ("Without colours and columns", "Sem cores e colunas"),
    (
        "A room's name, the beginning of its id, or @handle of a person",
        "Nome de uma sala, o começo do id, ou @nome de uma pessoa",
    ),
    (
        "The text, in Markdown; - or nothing reads standard input",
        "O texto, em Markdown; - ou nada lê a entrada padrão",
    ),
    (
        "End only when the message came so far; otherwise it may go out with a later command",
        "Só termina quando a mensagem chegou até lá; senão pode sair com um comando posterior",
    ),
    ("Safe on this device", "Segura neste dispositivo"),
    ("Durable at the relay", "Gravada no relay"),
    (
        "Print one JSON object: {\"room\",\"message\",\"state\"}",
        "Mostra um objeto JSON: {\"room\",\"message\",\"state\"}",
    ),
    (
        "Only this room: its name, the beginning of its id, or @handle",
        "Só esta sala: o nome, o começo do id, ou @nome",
    ),
    (
        "One JSON object a line, as described in --help",
        "Um objeto JSON por linha, como descrito em --help",
    ),
    (
        "A room's name, the beginning of its id, or @handle",
        "Nome de uma sala, o começo do id, ou @nome",
    ),
    (
        "How many messages at most, the newest ones",
        "Quantas mensagens no máximo, as mais novas",
    ),
    (
        "One JSON object a line, as the messages of `lacre listen --json`",
        "Um objeto JSON por linha, como as mensagens de `lacre listen --json`",
    ),
    ("The rooms of this device", "As salas deste dispositivo"),
    (
        "Create a group, or a space for many",
        "Cria um grupo, ou um espaço para muitos",
    ),
    ("Add people to a room", "Adiciona pessoas a uma sala"),
    (
        "Leave a room with all devices of this account",
        "Sai de uma sala com todos os dispositivos desta conta",
    ),
    ("Enter an open room", "Entra em uma sala aberta"),
    (
        "Name, people and rules of a room",
        "Nome, pessoas e regras de uma sala",
    ),
    (
        "Let anybody who knows the room's id join it",
        "Deixa entrar quem souber o id da sala",
    ),
    (
        "Let only people in who are invited",
        "Deixa entrar só quem for convidado",
    ),
    (
        "One JSON array of rooms, each as in `lacre rooms show --json`; with --all {\"id\",\"name\",\"members\",\"open\"}",
        "Uma lista JSON de salas, cada uma como em `lacre rooms show --json`; com --all {\"id\",\"name\",\"members\",\"open\"}",
    ),
    (
        "The listed rooms of the relay, which anybody may find",
        "As salas listadas do relay, que qualquer um encontra",
    ),
    (
        "The room's name; only members can read it, unless the room is listed",
        "O nome da sala; só membros podem lê-lo, a menos que a sala seja listada",
    ),
    (
        "Everybody on the relay may find the room by its name, which is public then, and come in",
        "Todos no relay encontram a sala pelo nome, que fica público, e podem entrar",
    ),
    (
        "Make a space: room for 2000 devices where a group holds 128, with keys that are not post-quantum",
        "Cria um espaço: lugar para 2000 dispositivos, onde um grupo tem 128, com chaves que não são pós-quânticas",
    ),
    ("First members", "Primeiros membros"),
    (
        "A room's name or the beginning of its id",
        "Nome de uma sala ou o começo do id",
    ),
    ("Whom to add", "Quem adicionar"),
    (
        "The name of a listed room, or a room's id: 32 hexadecimal digits, from somebody who is in it",
        "O nome de uma sala listada ou o id de uma sala: 32 dígitos hexadecimais, de alguém que está nela",
    ),
    (
        "One JSON object: {\"id\",\"name\",…",
        "Um objeto JSON: {\"id\",\"name\",\"kind\",\"joined\",\"stopped\",\"banned\",\"listed\",\"members\":[{\"account\",\"handle\",\"role\"}]}",
    ),
    (
        "Make an account on a relay; its keys are made here and stay here",
        "Cria uma conta em um relay; as chaves nascem e ficam aqui",
    ),
    ("Who I am", "Quem sou eu"),
    (
        "The devices of this account: list, request, approve",
        "Os dispositivos desta conta: listar, pedir, aprovar",
    ),
    (
        "The relay's address, as `lacre relay run` prints it",
        "O endereço do relay, como `lacre relay run` mostra",
    ),
    (
        "The name others find this account by",
        "O nome pelo qual outros encontram esta conta",
    ),
    (
        "One JSON object: {\"handle\",…",
        "Um objeto JSON: {\"handle\",\"account\",\"device\",\"approved\",\"relay\",\"data\",\"key\"}",
    ),
    ("The devices of this account", "Os dispositivos desta conta"),
    (
        "Make this a new device of an account; waits until another device approves it",
        "Faz deste um novo dispositivo de uma conta; aguarda a aprovação de outro",
    ),
    (
        "Let a new device in; it can read and write as this account",
        "Deixa um novo dispositivo entrar; ele lê e escreve como esta conta",
    ),
    (
        "One JSON array of {\"device\",…",
        "Uma lista JSON de {\"device\",\"name\",\"this\",\"pending\"}",
    ),
    (
        "The account's id, 64 hexadecimal digits, from `lacre account show` on a device it has",
        "O id da conta, 64 dígitos hexadecimais, de `lacre account show` em um dispositivo dela",
    ),
    (
        "What this device is called, to recognise it when approving",
        "Como este dispositivo se chama, para reconhecê-lo ao aprovar",
    ),
    ("The relay's address", "O endereço do relay"),
    (
        "The device's id, as the new device shows it",
        "O id do dispositivo, como o novo dispositivo mostra",
    ),
    (
        "The code at the end of an error's first line; without it, all codes",
        "O código no fim da primeira linha de um erro; sem ele, todos os códigos",
    ),
];
