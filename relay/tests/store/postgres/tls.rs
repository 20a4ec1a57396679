//! TLS to the database, as `sslmode` asks for it.

use super::super::world::{keys, options};
use crate::postgres::{Database, Server};
use lacre_relay::store::{OpenError, PostgresAddress, PostgresError, Store};

/// An address of this machine of which nobody else uses the port.
const HOST: &str = "127.0.0.2";
/// Another one, which no certificate names.
const OTHER: &str = "127.0.0.4";

/// A CA, and a certificate of it for the host.
const CERTIFICATES: &str = "
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test-ca -keyout ca.key -out ca.pem 2>&1
openssl req -newkey rsa:2048 -nodes -subj /CN=database -keyout server.key -out server.csr 2>&1
echo 'subjectAltName=IP:127.0.0.2' > names
openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem 2>&1
chmod 600 server.key
chmod 644 ca.pem";

fn open(database: &Database, host: &str, query: &str) -> Result<String, PostgresError> {
    let url = format!("postgres://lacre@{host}/{}?{query}", database.name());
    let address = PostgresAddress::parse(&url)?;
    match Store::postgres(&address, keys(), None, &options()) {
        Ok(_store) => Ok(database.sql(
            "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
             WHERE application_name = 'lacre-relay' AND datname = current_database()",
        )),
        Err(OpenError::Postgres(error)) => Err(error),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn certificates_are_checked_as_asked() {
    let server = Server::start(&[&format!("listen_addresses={HOST},{OTHER}")]);
    let database = server.database();
    server.shell(CERTIFICATES);
    let at = server.folder().display().to_string();
    let plain = open(&database, HOST, "sslmode=require");
    assert!(
        matches!(plain, Err(PostgresError::Connect { .. })),
        "{plain:?}"
    );
    for setting in [
        format!("ssl_cert_file = '{at}/server.pem'"),
        format!("ssl_key_file = '{at}/server.key'"),
        "ssl = on".to_owned(),
    ] {
        database.sql(&format!("ALTER SYSTEM SET {setting}"));
    }
    server.kill();
    server.run();
    let ca = format!("sslrootcert={}", format!("{at}/ca.pem").replace('/', "%2F"));
    for (query, encrypted) in [
        ("sslmode=disable".to_owned(), "f"),
        ("sslmode=prefer".to_owned(), "t"),
        ("sslmode=require".to_owned(), "t"),
        (format!("sslmode=require&{ca}"), "t"),
        (format!("sslmode=verify-ca&{ca}"), "t"),
        (format!("sslmode=verify-full&{ca}"), "t"),
    ] {
        assert_eq!(open(&database, HOST, &query).unwrap(), encrypted, "{query}");
    }
    // Nobody known has signed it.
    let unknown = open(&database, HOST, "sslmode=verify-full");
    assert!(unknown.is_err(), "{unknown:?}");
    server.shell("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=other -keyout o.key -out other.pem 2>&1");
    let other = ca.replace("ca.pem", "other.pem");
    for mode in ["verify-ca", "verify-full", "require"] {
        let refused = open(&database, HOST, &format!("sslmode={mode}&{other}"));
        let told = untrusted(refused);
        assert!(told.contains("none of the known CAs"), "{mode}: {told}");
        assert!(told.contains("sslrootcert="), "{mode}: {told}");
    }
    // The same server by a name that its certificate does not hold.
    let elsewhere = open(&database, OTHER, &format!("sslmode=verify-full&{ca}"));
    let told = untrusted(elsewhere);
    assert!(
        told.contains("another name") && told.contains(HOST),
        "{told}"
    );
    for mode in ["verify-ca", "require"] {
        let encrypted = open(&database, OTHER, &format!("sslmode={mode}&{ca}"));
        assert_eq!(encrypted.unwrap(), "t", "{mode}");
    }
}

/// What is said of a certificate that is refused.
fn untrusted(opened: Result<String, PostgresError>) -> String {
    match opened {
        Err(error @ PostgresError::Untrusted { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}
