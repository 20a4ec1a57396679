//! A certificate from files: shown to browsers and probes, renewed under them, and of no concern to clients.

use crate::sockets::Session;
use crate::world::{builder, metric, until};
use lacre_relay::{Relay, RelayErrorKind, examine_certificate};
use lacre_wire::socket::SESSION_PATH;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

const NAME: &str = "chat.example.org";

/// Two files, and the certificate that was last put into them.
struct Files {
    folder: tempfile::TempDir,
    last: Option<CertificateDer<'static>>,
}

impl Files {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, last: None }
    }

    fn chain(&self) -> PathBuf {
        self.folder.path().join("chain.pem")
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    /// Puts a certificate that ends in this year into the files, in the place of what is there.
    fn put(&mut self, year: i32) {
        let (certificate, pem, key) = made(year);
        replace(&self.chain(), &pem);
        replace(&self.key(), &key);
        self.last = Some(certificate);
    }
}

fn replace(path: &Path, text: &str) {
    let new = path.with_extension("new");
    fs::write(&new, text).unwrap();
    fs::rename(&new, path).unwrap();
}

/// A self-signed certificate, also as PEM, and its key.
fn made(year: i32) -> (CertificateDer<'static>, String, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![NAME.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(year, 1, 1);
    let made = params.self_signed(&key).unwrap();
    (made.der().clone(), made.pem(), key.serialize_pem())
}

/// Asks by a public name, trusting one certificate; the answer, or none where TLS does not come about.
async fn ask(relay: &Relay, trusted: &CertificateDer<'static>, path: &str) -> Option<String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tcp = TcpStream::connect(relay.tcp_addr().unwrap()).await.unwrap();
    let name = ServerName::try_from(NAME).unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let mut stream = connector.connect(name, tcp).await.ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {NAME}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    Some(answer)
}

/// Seconds since 1970 at the beginning of a year.
fn beginning(year: i32) -> u64 {
    u64::try_from(date_time_ymd(year, 1, 1).unix_timestamp()).unwrap()
}

#[tokio::test]
async fn a_certificate_is_shown_renewed_and_kept_when_the_new_one_is_bad() {
    let mut files = Files::new();
    files.put(2100);
    let first = files.last.clone().unwrap();
    let relay = builder().in_memory();
    let relay = relay.certificate(files.chain(), files.key());
    let relay = relay.start().await.unwrap();
    let (_ana, mut session) = Session::sign_up(&relay, "ana").await;
    // Whether it is there, and nothing else.
    let healthy = ask(&relay, &first, "/health").await.unwrap();
    assert!(healthy.starts_with("HTTP/1.1 200 OK") && healthy.ends_with("ok\n"));
    for path in ["/metrics", SESSION_PATH, "/"] {
        let answer = ask(&relay, &first, path).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
    }
    assert_eq!(
        metric(&relay, "certificate_expires_seconds"),
        beginning(2100)
    );

    files.put(2101);
    let second = files.last.clone().unwrap();
    until(|| metric(&relay, "certificate_expires_seconds") == beginning(2101)).await;
    assert!(ask(&relay, &first, "/health").await.is_none());
    assert!(ask(&relay, &second, "/health").await.is_some());
    session.answers().await;

    // Not PEM; of another key; expired: the one before it stays.
    let (_, pem, key) = made(2102);
    let (_, _, other) = made(2102);
    let (_, old, old_key) = made(2021);
    for (pem, key) in [("nothing", &key), (pem.as_str(), &other), (&old, &old_key)] {
        replace(&files.chain(), pem);
        replace(&files.key(), key);
        until(|| metric(&relay, "certificate_refused") == 1).await;
        assert_eq!(
            metric(&relay, "certificate_expires_seconds"),
            beginning(2101)
        );
        let shown = files.last.clone().unwrap();
        assert!(ask(&relay, &shown, "/health").await.is_some());
        session.answers().await;
        files.put(2101);
        until(|| metric(&relay, "certificate_refused") == 0).await;
        let shown = files.last.clone().unwrap();
        assert!(ask(&relay, &shown, "/health").await.is_some());
    }
    session.answers().await;
    relay.shutdown().await;
}

#[tokio::test]
async fn files_that_hold_none_are_named_before_the_relay_starts() {
    let mut files = Files::new();
    files.put(2100);
    let (_, _, other) = made(2100);
    let start = |files: &Files| {
        let relay = builder().in_memory();
        relay.certificate(files.chain(), files.key()).start()
    };
    let examined = examine_certificate(&files.chain(), &files.key(), NAME).unwrap();
    assert!(examined.fits);
    assert_eq!(examined.expires_ms, beginning(2100) * 1000);
    let elsewhere = examine_certificate(&files.chain(), &files.key(), "other.example");
    assert!(!elsewhere.unwrap().fits);
    fs::write(files.key(), other).unwrap();
    let error = start(&files).await.unwrap_err();
    assert_eq!(error.kind(), RelayErrorKind::Config);
    let text = format!("{error} {:?}", std::error::Error::source(&error));
    assert!(text.contains("key.pem"), "{text}");
    fs::remove_file(files.key()).unwrap();
    assert!(start(&files).await.is_err());
    fs::write(files.chain(), "").unwrap();
    assert!(start(&files).await.is_err());
    // Without files nobody is shown one.
    let relay = builder().in_memory().start().await.unwrap();
    let first = files.last.clone().unwrap();
    assert!(ask(&relay, &first, "/health").await.is_none());
    relay.shutdown().await;
}
