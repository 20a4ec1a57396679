//! `lacre relay init`: a file of settings in which everything is usual and everything explained.

use super::{FILE, KEY_FILE};
use crate::args::RelayInit;
use crate::failure::{Exit, Failure, Outcome};
use crate::home;
use crate::print::{self, Paint};
use crate::text::{self, pick};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};

/// Writes it, and says what comes next. A file that is there stays as it is.
pub(crate) fn run(arguments: &RelayInit) -> Outcome {
    let folder = super::super::run::folder(arguments.data.as_deref())?;
    home::make(&folder)?;
    let path = folder.join(FILE);
    let made = OpenOptions::new().write(true).create_new(true).open(&path);
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::new(
            "relay-config",
            text::relay::file_there(path.display()),
            Exit::Failed,
        ),
        _ => Failure::io(
            "relay-config",
            text::relay::file_unwritable(path.display()),
            &error,
        ),
    };
    made.and_then(|mut file| {
        file.write_all(template().as_bytes())?;
        file.sync_all()
    })
    .map_err(failed)?;
    let rows = [
        (text::relay::settings(), path.display().to_string()),
        (
            text::relay::key_file(),
            text::relay::made_at_start(folder.join(KEY_FILE).display()),
        ),
    ];
    print::out(&print::facts(&rows, Paint::output()))?;
    print::out(&text::relay::after_init(folder.display()))
}

/// Every setting, switched off, with what it means.
pub(super) fn template() -> String {
    let mut page = String::from(pick(
        "# Settings of a Lacre relay. What stands here goes before what is usual; an environment variable\n\
         # goes before this file, a flag before both. `lacre relay config show` says what holds.\n",
        "# Configurações de um relay Lacre. O que está aqui vale antes do padrão; uma variável de ambiente\n\
         # vale antes deste arquivo, uma opção antes de ambos. `lacre relay config show` mostra o resultado.\n",
    ));
    for (key, value, en, pt) in SETTINGS {
        page.push('\n');
        for line in pick(en, pt).lines() {
            page.push_str(&format!("# {line}\n"));
        }
        page.push_str(&format!("#{key} = {value}\n"));
    }
    page
}

/// Key, value as TOML, what it means.
const SETTINGS: [(&str, &str, &str, &str); 16] = [
    (
        "listen",
        "\"0.0.0.0:4433\"",
        "Where the relay listens, UDP and TCP.",
        "Onde o relay escuta, UDP e TCP.",
    ),
    (
        "listen-tcp",
        "\"127.0.0.1:4434\"",
        "Where the relay listens on TCP, if a proxy has the TCP port of the number above.",
        "Onde o relay escuta em TCP, se um proxy usa a porta TCP do número acima.",
    ),
    (
        "trusted-proxy",
        "\"127.0.0.1\"",
        "Proxies that may say whom a TCP connection comes from (PROXY protocol): addresses or networks,\ndivided by commas. Without it everybody behind a proxy has the proxy's address.",
        "Proxies que podem dizer de quem vem uma conexão TCP (protocolo PROXY): endereços ou redes,\nseparados por vírgula. Sem isso, todos atrás de um proxy têm o endereço dele.",
    ),
    (
        "certificate",
        "\"/etc/lacre/fullchain.pem\"",
        "A certificate (PEM, with what is between it and its CA) for browsers and probes on the TCP port. Clients\nneed none: they go by the relay's identity. Read again when it changes.",
        "Um certificado (PEM, com o que há entre ele e sua CA) para navegadores e sondas na porta TCP. Os\nclientes não precisam: valem-se da identidade do relay. Relido quando muda.",
    ),
    (
        "certificate-key",
        "\"/etc/lacre/privkey.pem\"",
        "The private key of that certificate (PEM).",
        "A chave privada desse certificado (PEM).",
    ),
    (
        "websocket",
        "true",
        "Whether to serve WebSocket on the TCP port of the same number. false where that port is somebody\nelse's; people in networks that block UDP then cannot connect.",
        "Se serve WebSocket na porta TCP do mesmo número. false se essa porta for de outro programa; quem\nestá em redes que bloqueiam UDP então não conecta.",
    ),
    (
        "advertise",
        "\"chat.example.org:4433\"",
        "The name and port under which people reach the relay, if that is not the address above.\nIt stands in the address that is handed out.",
        "O nome e a porta em que as pessoas alcançam o relay, se não for o endereço acima.\nAparece no endereço que se divulga.",
    ),
    (
        "sign-up",
        "\"open\"",
        "Who may make an account: \"open\" (anybody who reaches the relay) or \"closed\" (nobody).",
        "Quem pode criar uma conta: \"open\" (quem alcança o relay) ou \"closed\" (ninguém).",
    ),
    (
        "http",
        "\"127.0.0.1:9464\"",
        "Where /metrics and /health are, for Prometheus and probes. There is no login: keep it on this\nmachine or in a private network. Port 0 takes a free one.",
        "Onde ficam /metrics e /health, para o Prometheus e sondas. Não há senha: mantenha nesta\nmáquina ou em rede privada. A porta 0 escolhe uma livre.",
    ),
    (
        "durability",
        "\"full\"",
        "\"full\": what was accepted survives a power cut. \"normal\": faster on slow disks, and a power cut\nmay take the last seconds with it.",
        "\"full\": o que foi aceito sobrevive a uma queda de energia. \"normal\": mais rápido em discos\nlentos, mas uma queda pode levar os últimos segundos.",
    ),
    (
        "key-file",
        "\"relay.keys\"",
        "The relay's secrets: its identity, and the keys that open senders and stamps. Made at the first\nstart. Copy it once, to another place than the backups.",
        "Os segredos do relay: a identidade e as chaves que abrem remetentes e selos. Criado na primeira\nexecução. Copie-o uma vez, para outro lugar que não o dos backups.",
    ),
    (
        "store",
        "\"sqlite\"",
        "The store: \"sqlite\" (a file in this folder), or a PostgreSQL database, in which several relays may\nwork, \"postgres://user:password@host/database?sslmode=verify-full\". This file then holds a password.",
        "O armazenamento: \"sqlite\" (um arquivo nesta pasta), ou um banco PostgreSQL, em que vários relays podem\ntrabalhar, \"postgres://usuário:senha@host/banco?sslmode=verify-full\". Este arquivo guarda então uma senha.",
    ),
    (
        "objects",
        "\"auto\"",
        "Where large objects (the trees and Welcomes of large rooms) are kept: \"auto\" (a folder beside a store\nthat is a file, the tables of a database), \"store\" (the tables), \"folder\", or a bucket that speaks S3,\n\"s3://bucket/prefix\", whose keys and address are in the environment (AWS_ACCESS_KEY_ID,\nAWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL).",
        "Onde ficam os objetos grandes (as árvores e os Welcomes de salas grandes): \"auto\" (uma pasta ao lado de\num armazenamento em arquivo, as tabelas de um banco), \"store\" (as tabelas), \"folder\" (a pasta), ou um\nbucket que fala S3, \"s3://bucket/prefixo\", com chaves e endereço no ambiente (AWS_ACCESS_KEY_ID,\nAWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL).",
    ),
    (
        "nats",
        "\"nats://10.0.0.5:4222\"",
        "NATS servers, divided by commas, by which several relays on one database wake each other. Without them\nthey do so through the database, which serves a few relays well.",
        "Servidores NATS, separados por vírgula, pelos quais vários relays de um banco se acordam. Sem eles usam\no próprio banco, o que serve bem a poucos relays.",
    ),
    (
        "drain",
        "1",
        "Seconds that clients have to leave by themselves when the relay ends.",
        "Segundos que os clientes têm para sair sozinhos quando o relay encerra.",
    ),
    (
        "tail-memory",
        "128",
        "MiB of recent entries kept in memory for all readers.",
        "MiB de entradas recentes mantidos em memória para todos os leitores.",
    ),
];

#[cfg(test)]
mod tests {
    use super::super::file::Keys;
    use super::{SETTINGS, template};

    #[test]
    fn the_file_is_read_as_it_is_and_with_everything_switched_on() {
        let nothing: Keys = toml::from_str(&template()).unwrap();
        assert!(nothing.listen.is_none());
        let mut everything = template();
        for (key, ..) in SETTINGS {
            everything = everything.replace(&format!("\n#{key} ="), &format!("\n{key} ="));
        }
        let keys: Keys = toml::from_str(&everything).unwrap();
        assert!(keys.listen.is_some() && keys.advertise.is_some() && keys.key_file.is_some());
        assert!(keys.tail_memory.is_some() && keys.drain.is_some() && keys.durability.is_some());
        assert!(keys.http.is_some() && keys.sign_up.is_some() && keys.websocket.is_some());
        assert!(keys.store.is_some() && keys.nats.is_some() && keys.objects.is_some());
        assert!(keys.certificate.is_some() && keys.certificate_key.is_some());
        assert!(keys.listen_tcp.is_some() && keys.trusted_proxy.is_some());
    }
}
