//! What operators read.

super::texts! {
    data() "data" "dados";
    store() "store" "armazenamento";
    sign_up() "sign-up" "cadastro";
    open() "open" "aberto";
    closed() "closed" "fechado";
    address() "address" "endereço";
    listening() "listening" "escuta";
    websocket() "websocket" "websocket";
    status() "status" "estado";
    hand_out()
        "hand out the address; Ctrl-C ends the relay cleanly"
        "divulgue o endereço; Ctrl-C encerra o relay";
    not_durable()
        "durability is normal: a power cut may lose the last seconds"
        "durabilidade normal: uma queda de energia pode perder os últimos segundos";
    draining() "ending: sessions are told to go" "encerrando: as sessões são avisadas";
    ended() "ended" "encerrado";
    dev_title() "in memory: everything is gone after Ctrl-C" "em memória: tudo some após Ctrl-C";
    dev_accounts() "two accounts to use" "duas contas para usar";
    dev_try() "in two other terminals" "em dois outros terminais";
    dev_code() "or from Rust" "ou em Rust";
    dev_hello() "hello" "olá";
    health() "health" "saúde";
    sessions() "sessions" "sessões";
    accepted() "accepted" "aceitas";
    deliveries() "deliveries" "entregas";
    uptime() "up for" "ativo há";
    store_size() "store size" "tamanho";
    backup() "backup" "backup";
    size() "size" "tamanho";
    key_file() "key file" "arquivo de chaves";
    keys_apart()
        "not in the backup; keep a copy of it elsewhere, once: without it the backup is of no use"
        "não está no backup; guarde uma cópia em outro lugar, uma vez: sem ele o backup não serve";
    lineage() "lineage" "linhagem";
    kept_store() "kept" "guardado";
    moved() "moved" "movido";
    moved_rows(accounts, logs, entries)
        "{accounts} accounts, {logs} logs, {entries} entries"
        "{accounts} contas, {logs} logs, {entries} entradas";
    certificate() "certificate" "certificado";
    certificate_until(date, days) "until {date}, in {days} d" "até {date}, em {days} d";
    certificate_refused()
        "the new certificate is not used, the one before it is; lacre relay doctor says why"
        "o certificado novo não é usado, e sim o anterior; lacre relay doctor diz por quê";
    half_certificate()
        "a certificate needs its key: give certificate and certificate-key, or neither"
        "um certificado precisa da chave: informe certificate e certificate-key, ou nenhum dos dois";
    no_database()
        "no database is named to move into; give --to postgres://…, or store = \"postgres://…\" in relay.toml"
        "falta dizer para qual banco mover; use --to postgres://… ou store = \"postgres://…\" em relay.toml";
    after_migrate(from)
        "start the relay with this store from now on; {from} is as it was, and grows old"
        "inicie o relay com este armazenamento a partir de agora; {from} está como antes, e envelhece";
    keys_missing()
        "missing: put back its copy before the relay starts"
        "falta: recoloque a cópia antes de iniciar o relay";
    keys_there() "there" "presente";
    devices_notice()
        "devices notice at their next connection that the log may have gone back"
        "os dispositivos percebem na próxima conexão que o log pode ter voltado";
    free() "free on disk" "livre no disco";
    free_of(free, headroom)
        "{free}, of which {headroom} must stay free"
        "{free}, dos quais {headroom} devem ficar livres";
    disk_full()
        "the disk is almost full: messages are refused, reading goes on; free space or make it larger, no restart is needed"
        "o disco está quase cheio: mensagens são recusadas, a leitura continua; libere espaço ou aumente-o, sem reiniciar";
    fingerprint() "fingerprint" "impressão digital";
    next_fingerprint() "next" "próxima";
    former_fingerprint() "former" "anterior";
    after_next()
        "\nWhat is next:\n  1. copy the key file to where its copy is kept, and to every relay on the same store\n  2. restart the relay: from then on its address names both, and it tells every client that connects\n  3. when enough people were here (weeks rather than days): lacre relay keys rotate"
        "\nO que vem agora:\n  1. copie o arquivo de chaves para onde fica a cópia dele, e para cada relay do mesmo armazenamento\n  2. reinicie o relay: daí em diante o endereço traz as duas, e ele avisa cada cliente que conecta\n  3. quando bastante gente tiver passado por aqui (semanas, não dias): lacre relay keys rotate";
    after_rotate()
        "\nWhat is next:\n  1. copy the key file to where its copy is kept, and to every relay on the same store\n  2. restart the relay, or all of them one after the other: until then it shows the former identity\n  3. hand out the address that it prints then"
        "\nO que vem agora:\n  1. copie o arquivo de chaves para onde fica a cópia dele, e para cada relay do mesmo armazenamento\n  2. reinicie o relay, ou todos, um após o outro: até lá ele mostra a identidade anterior\n  3. divulgue o endereço que ele mostrar então";
    who_was_away(address)
        "who was away meanwhile and is refused: lacre account relay {address}"
        "quem esteve fora nesse tempo e é recusado: lacre account relay {address}";
    none() "none" "nenhum";
    usual() "default" "padrão";
    settings() "settings" "configurações";
    settings_good() "a relay takes these settings" "um relay aceita estas configurações";
    out_of_range(key, value, least, most, place)
        "{key} is {value} ({place}), and must be between {least} and {most}"
        "{key} é {value} ({place}) e deve estar entre {least} e {most}";
    file_unreadable(path, error)
        "the settings {path} cannot be read: {error}"
        "não foi possível ler as configurações {path}: {error}";
    file_invalid(place, error)
        "the settings are not right at {place}: {error}"
        "as configurações não estão certas em {place}: {error}";
    file_there(path)
        "{path} is there already and stays as it is"
        "{path} já existe e fica como está";
    file_unwritable(path) "{path} cannot be written" "não foi possível gravar {path}";
    made_at_start(path) "{path}, made at the first start" "{path}, criado na primeira execução";
    after_init(folder)
        "\nWhat is next:\n  1. read the file and change what is not as you want it\n  2. lacre relay doctor --data {folder}\n  3. lacre relay run --data {folder}"
        "\nO que vem agora:\n  1. leia o arquivo e mude o que quiser diferente\n  2. lacre relay doctor --data {folder}\n  3. lacre relay run --data {folder}";
    rate(count, now) "{count}, {now} in the last second" "{count}, {now} no último segundo";
    since_start() "since the start" "desde o início";
}
