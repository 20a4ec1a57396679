//! The help of the operator's commands.

pub(super) const HELP: &[(&str, &str)] = &[
    (
        "Run a relay; needs no configuration. Ctrl-C ends it cleanly",
        "Executa um relay; não precisa de configuração. Ctrl-C o encerra",
    ),
    (
        "A relay in memory for development, with two accounts ready to use",
        "Um relay em memória para desenvolver, com duas contas prontas",
    ),
    (
        "Copy a relay's store into one file while it runs. The key file is not in it",
        "Copia o armazenamento de um relay para um arquivo enquanto ele roda. O arquivo de chaves não vai junto",
    ),
    (
        "Put a backup in the place of a stopped relay's store",
        "Põe um backup no lugar do armazenamento de um relay parado",
    ),
    (
        "The file to write; must not exist yet",
        "O arquivo a gravar; não pode existir ainda",
    ),
    (
        "Move a stopped relay's store into an empty PostgreSQL database. The folder stays as it is",
        "Move o armazenamento de um relay parado para um banco PostgreSQL vazio. A pasta fica como está",
    ),
    (
        "The empty PostgreSQL database, postgres://user:password@host/database?sslmode=verify-full [default: the store of the file of settings]. Others see a command line: a password belongs into the file or the variable",
        "O banco PostgreSQL vazio, postgres://usuário:senha@host/banco?sslmode=verify-full [padrão: o do arquivo de configurações]. Outros veem a linha de comando: a senha pertence ao arquivo ou à variável",
    ),
    (
        "One JSON object: {\"store\",\"lineage\",\"accounts\",\"logs\",\"entries\",\"key_file\"}",
        "Um objeto JSON: {\"store\",\"lineage\",\"accounts\",\"logs\",\"entries\",\"key_file\"}",
    ),
    (
        "The relay's identity: show it, prepare the next one, change to it",
        "A identidade do relay: mostrar, preparar a próxima, trocar para ela",
    ),
    (
        "Which identity the relay has, which is prepared, and which it had",
        "Qual identidade o relay tem, qual está preparada e quais teve",
    ),
    (
        "Prepare the identity that will take the present one's place, so that clients learn of it",
        "Prepara a identidade que tomará o lugar da atual, para que os clientes saibam dela",
    ),
    (
        "Put the prepared identity in the present one's place. Clients that were told get in",
        "Põe a identidade preparada no lugar da atual. Clientes avisados entram",
    ),
    (
        "Prepare another one in the place of the one that is prepared",
        "Prepara outra no lugar da que está preparada",
    ),
    (
        "One JSON object: {\"fingerprint\",\"next\",\"former\",\"since_ms\",\"key_file\"}",
        "Um objeto JSON: {\"fingerprint\",\"next\",\"former\",\"since_ms\",\"key_file\"}",
    ),
    (
        "Give this account its relay's new address, which names an identity that this device knows",
        "Dá a esta conta o novo endereço do relay, que traz uma identidade que este dispositivo conhece",
    ),
    (
        "The relay's address, as its operator gives it",
        "O endereço do relay, como quem o opera o informa",
    ),
    ("The backup", "O backup"),
    (
        "Replace the store that is there; it is kept beside the new one",
        "Substitui o armazenamento existente, que fica guardado ao lado do novo",
    ),
    (
        "One JSON object: {\"file\",\"bytes\",\"key_file\"}",
        "Um objeto JSON: {\"file\",\"bytes\",\"key_file\"}",
    ),
    (
        "One JSON object: {\"store\",\"lineage\",\"made_ms\",\"kept\",\"has_keys\"}",
        "Um objeto JSON: {\"store\",\"lineage\",\"made_ms\",\"kept\",\"has_keys\"}",
    ),
    (
        "What a running relay does",
        "O que um relay em execução faz",
    ),
    (
        "Folder of the relay's store and keys [default: lacre-relay in the user's data folder]",
        "Pasta do armazenamento e das chaves do relay [padrão: lacre-relay na pasta de dados do usuário]",
    ),
    (
        "File of settings [default: relay.toml in that folder, if it is there]",
        "Arquivo de configurações [padrão: relay.toml nessa pasta, se existir]",
    ),
    (
        "The store: sqlite (in the folder), or postgres://user:password@host/database?sslmode=verify-full [default: sqlite]. Others see a command line: a password belongs into the file or the variable",
        "O armazenamento: sqlite (na pasta), ou postgres://usuário:senha@host/banco?sslmode=verify-full [padrão: sqlite]. Outros veem a linha de comando: a senha pertence ao arquivo ou à variável",
    ),
    (
        "Where large objects are kept: auto (a folder beside a file, the tables of a database), store (the tables), folder, or s3://bucket/prefix with AWS_* in the environment [default: auto]",
        "Onde ficam os objetos grandes: auto (uma pasta ao lado de um arquivo, as tabelas de um banco), store (as tabelas), folder (a pasta), ou s3://bucket/prefixo com AWS_* no ambiente [padrão: auto]",
    ),
    (
        "NATS servers by which several relays on one store wake each other, nats://…,nats://… [default: through the store]",
        "Servidores NATS pelos quais vários relays de um armazenamento se acordam, nats://…,nats://… [padrão: pelo armazenamento]",
    ),
    (
        "The relay's secrets [default: relay.keys in its folder]",
        "Os segredos do relay [padrão: relay.keys na pasta dele]",
    ),
    (
        "Address to listen on, UDP and TCP [default: 0.0.0.0:4433]",
        "Endereço de escuta, UDP e TCP [padrão: 0.0.0.0:4433]",
    ),
    (
        "TCP address to listen on, where a proxy has the TCP port [default: that of --listen]",
        "Endereço TCP de escuta, onde um proxy usa a porta TCP [padrão: o de --listen]",
    ),
    (
        "Proxies that may say whom a TCP connection comes from (PROXY protocol): addresses or networks, divided by commas [default: none]",
        "Proxies que podem dizer de quem vem uma conexão TCP (protocolo PROXY): endereços ou redes, separados por vírgula [padrão: nenhum]",
    ),
    (
        "PEM file of a certificate for browsers and probes on the TCP port; clients go by the relay's identity [default: none]",
        "Arquivo PEM de um certificado para navegadores e sondas na porta TCP; clientes valem-se da identidade do relay [padrão: nenhum]",
    ),
    (
        "PEM file of that certificate's private key",
        "Arquivo PEM da chave privada desse certificado",
    ),
    (
        "Serve WebSocket on the TCP port too, for networks that block UDP [default: true]",
        "Servir WebSocket também na porta TCP, para redes que bloqueiam UDP [padrão: true]",
    ),
    (
        "What an accepted message survives [default: full]",
        "A que uma mensagem aceita sobrevive [padrão: full]",
    ),
    (
        "Seconds that clients have to leave by themselves when the relay ends [default: 1]",
        "Segundos que os clientes têm para sair sozinhos quando o relay encerra [padrão: 1]",
    ),
    (
        "MiB of recent entries kept in memory for all readers [default: 128]",
        "MiB de entradas recentes mantidos em memória para todos os leitores [padrão: 128]",
    ),
    (
        "Write a file of settings with what each means",
        "Grava um arquivo de configurações que explica cada uma",
    ),
    (
        "The settings that a relay would run with",
        "As configurações com que um relay rodaria",
    ),
    (
        "Every setting, its value and where it comes from",
        "Cada configuração, seu valor e de onde vem",
    ),
    (
        "Whether a relay would take these settings; says the first that it would not",
        "Se um relay aceitaria estas configurações; mostra a primeira que não",
    ),
    (
        "One JSON object: {\"<setting>\":{\"value\",\"origin\",\"where\"}}",
        "Um objeto JSON: {\"<configuração>\":{\"value\",\"origin\",\"where\"}}",
    ),
    (
        "Look for what would keep a relay from running well, and say what to do",
        "Procura o que impediria um relay de rodar bem e diz o que fazer",
    ),
    (
        "One JSON object a check: {\"check\",\"result\",\"found\",\"remedy\"}; result is good, warning or bad",
        "Um objeto JSON por verificação: {\"check\",\"result\",\"found\",\"remedy\"}; result é good, warning ou bad",
    ),
    (
        "Stay, and show it anew each second, with what happened in that second",
        "Permanece e mostra de novo a cada segundo, com o que aconteceu nele",
    ),
    (
        "Name or address, and port, under which people reach this relay",
        "Nome ou endereço, e porta, em que as pessoas alcançam este relay",
    ),
    (
        "Who may make an account [default: open]",
        "Quem pode criar uma conta [padrão: open]",
    ),
    (
        "Anybody who reaches the relay",
        "Qualquer um que alcance o relay",
    ),
    ("Nobody", "Ninguém"),
    (
        "TCP address for /metrics and /health [default: 127.0.0.1:0]; has no login, so keep it on this machine",
        "Endereço TCP para /metrics e /health [padrão: 127.0.0.1:0]; não tem senha, mantenha-o nesta máquina",
    ),
    (
        "full: nothing accepted is lost in a power cut; normal: faster, a power cut may lose seconds",
        "full: nada aceito se perde em queda de energia; normal: mais rápido, uma queda pode perder segundos",
    ),
    ("A power cut", "Uma queda de energia"),
    ("The end of the process", "O fim do processo"),
    (
        "Address to listen on, UDP and TCP; port 0 takes a free one",
        "Endereço de escuta, UDP e TCP; porta 0 escolhe uma livre",
    ),
    ("Folder of the relay", "Pasta do relay"),
    (
        "One JSON object: {\"health\",…",
        "Um objeto JSON: {\"health\",\"sessions\",\"accepted\",\"deliveries\",\"uptime_seconds\",\"store_bytes\",\"free_bytes\",\"headroom_bytes\",\"full\",\"certificate_expires_ms\",\"certificate_refused\"}",
    ),
];
