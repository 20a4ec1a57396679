//! A server that speaks S3, in this process, with a folder behind it. It checks signatures.

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Who may use it.
const ID: &str = "lacre-story";
const SECRET: &str = "not-a-secret-in-a-story";

/// The server and its one bucket.
pub(crate) struct Bucket {
    service: S3Service,
    folder: PathBuf,
    at: SocketAddr,
    serving: Option<JoinHandle<()>>,
}

impl Bucket {
    /// Starts it, with an empty bucket below `folder`.
    pub(crate) async fn start(folder: &Path) -> Self {
        std::fs::create_dir_all(folder.join("lacre")).unwrap();
        let files = s3s_fs::FileSystem::new(folder).unwrap();
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(ID, SECRET));
        let mut bucket = Self {
            service: service.build(),
            folder: folder.join("lacre"),
            at: (Ipv4Addr::LOCALHOST, 0).into(),
            serving: None,
        };
        bucket.resume().await;
        bucket
    }

    /// Serves again, at the same address.
    pub(crate) async fn resume(&mut self) {
        let listener = TcpListener::bind(self.at).await.unwrap();
        self.at = listener.local_addr().unwrap();
        let service = self.service.clone();
        self.serving = Some(tokio::spawn(async move {
            // They end with it: whoever stops the server stops everything.
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let service = service.clone();
                connections.spawn(async move {
                    let server = Builder::new(TokioExecutor::new());
                    // A connection that breaks is the caller's to try again.
                    let _broken = server.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        }));
    }

    /// Hears nobody any more.
    pub(crate) async fn stop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
            assert!(serving.await.unwrap_err().is_cancelled());
        }
    }

    /// What a relay's environment says of it.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        let endpoint = format!("http://{}", self.at);
        [
            ("LACRE_RELAY_OBJECTS", "s3://lacre/relay/one"),
            ("AWS_ACCESS_KEY_ID", ID),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", &endpoint),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    /// The objects of the relay in it.
    pub(crate) fn objects(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.join("relay/one")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => found.push(path),
                }
            }
        }
        found
    }
}
