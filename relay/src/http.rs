//! Metrics and health for operators, over plain HTTP/1.1.
//!
//! Two fixed answers do not need a web framework. A request is read up to 4 KiB within five seconds
//! and answered once; at most 16 are served at a time. It is meant for a loopback address: there is
//! no TLS and no login.

use crate::service::Service;
use crate::tasks::Stage;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

const MAX_REQUEST: usize = 4096;
const TIMEOUT: Duration = Duration::from_secs(5);
const MAX_CONNECTIONS: usize = 16;

/// Status and body.
type Answer = (&'static str, String);

/// Serves until the relay stops.
pub(crate) async fn serve(listener: TcpListener, service: Arc<Service>) {
    let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(permit) = permits.clone().acquire_owned().await else {
            return;
        };
        tokio::select! {
            () = service.tasks.reached(Stage::Stopped) => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let answering = service.clone();
                    service.tasks.spawn(async move {
                        let _permit = permit;
                        tokio::select! {
                            () = answering.tasks.reached(Stage::Stopped) => {}
                            // A peer that is slow or gone is its own problem.
                            _ = tokio::time::timeout(TIMEOUT, answer(stream, &answering)) => {}
                        }
                    });
                }
                Err(error) => {
                    // Out of file descriptors, usually: give others time to close some.
                    tracing::warn!(%error, "cannot accept an HTTP connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
}

/// Answers whoever came to the TCP port by its public name: whether the relay is there.
pub(crate) async fn answer_outside(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    service: &Service,
) -> io::Result<()> {
    respond(stream, |line| match line {
        b"GET /health HTTP/1.1" | b"GET /health HTTP/1.0" => match service.is_draining() {
            true => ("503 Service Unavailable", "draining\n".to_owned()),
            false => ("200 OK", "ok\n".to_owned()),
        },
        _ => (
            "404 Not Found",
            "a Lacre relay: there is nothing to see\n".to_owned(),
        ),
    })
    .await
}

async fn answer(stream: TcpStream, service: &Service) -> io::Result<()> {
    respond(stream, |line| page(line, service)).await
}

/// What is said to operators.
fn page(line: &[u8], service: &Service) -> Answer {
    match line {
        b"GET /metrics HTTP/1.1" | b"GET /metrics HTTP/1.0" => ("200 OK", service.render_metrics()),
        b"GET /health HTTP/1.1" | b"GET /health HTTP/1.0" => {
            if service.is_draining() {
                ("503 Service Unavailable", "draining\n".to_owned())
            } else if service.store.stats().full {
                // Not 503: it serves readers, and a restart would not help.
                ("200 OK", "disk almost full\n".to_owned())
            } else {
                ("200 OK", "ok\n".to_owned())
            }
        }
        _ => (
            "404 Not Found",
            "there is /metrics and /health\n".to_owned(),
        ),
    }
}

/// Reads a request and answers it by its first line.
async fn respond(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: impl FnOnce(&[u8]) -> Answer,
) -> io::Result<()> {
    let mut request = Vec::with_capacity(512);
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        if request.len() >= MAX_REQUEST || stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let line = request
        .split(|byte| *byte == b'\r')
        .next()
        .unwrap_or_default();
    let (status, body) = answer(line);
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}
