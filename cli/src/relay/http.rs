//! Asking the relay's status page: one HTTP/1.1 request on the loopback.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The relay is on this machine; what takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(5);

/// The page is a few kilobytes.
const MOST: u64 = 1024 * 1024;

/// What a page answers: the status code and the body.
pub(super) async fn get(address: SocketAddr, path: &str) -> io::Result<(u16, String)> {
    let asking = async {
        let mut stream = TcpStream::connect(address).await?;
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.take(MOST).read_to_string(&mut answer).await?;
        parse(&answer).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no HTTP answer"))
    };
    tokio::time::timeout(PATIENCE, asking).await?
}

fn parse(answer: &str) -> Option<(u16, String)> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let code = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    Some((code, body.to_owned()))
}

/// The value of a metric without labels in Prometheus text.
pub(super) fn metric(page: &str, name: &str) -> Option<u64> {
    page.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::{metric, parse};

    #[test]
    fn answers_and_metrics_are_read() {
        let answer =
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nlacre_sessions_more 7\nlacre_sessions 3\n";
        let (code, page) = parse(answer).unwrap();
        assert_eq!(
            (
                code,
                metric(&page, "lacre_sessions"),
                metric(&page, "lacre_none")
            ),
            (200, Some(3), None)
        );
        assert_eq!(parse("SSH-2.0"), None);
    }
}
