//! What operators read.

super::texts! {
    data() "data" "dados";
    store() "store" "armazenamento";
    sign_up() "sign-up" "cadastro";
    open() "open" "aberto";
    closed() "closed" "fechado";
    address() "address" "endereço";
    listening() "listening" "escuta";
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
    since_start() "since the start" "desde o início";
}
