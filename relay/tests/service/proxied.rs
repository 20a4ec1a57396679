//! A proxy in front of the TCP port: the relay goes by the address that the proxy names, if it trusts it.

use crate::device::Device;
use crate::sockets::{Session, tls_behind};
use crate::world::{builder, metric};
use lacre_relay::{Rate, Rates, Relay};
use lacre_wire::error::ErrorCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One new account from an address, then none for a long time.
async fn relay(trusted: &[&str]) -> Relay {
    let rates = Rates {
        sign_up: Rate {
            per_second: 1,
            burst: 1,
        },
        ..Rates::default()
    };
    let networks = trusted.iter().map(|text| text.parse().unwrap());
    let relay = builder().in_memory().rates(rates).trusted_proxies(networks);
    let still = lacre_relay::Clock::manual(1_800_000_000_000);
    relay.clock(still).start().await.unwrap()
}

/// A header of version 2 for an IPv4 address.
fn from(address: [u8; 4]) -> Vec<u8> {
    let mut header = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c".to_vec();
    header.extend(address);
    header.extend([127, 0, 0, 1, 0x80, 0, 0x11, 0x51]);
    header
}

/// Signs up behind a header; why not, if not.
async fn sign_up(relay: &Relay, header: &[u8], handle: &str) -> Option<ErrorCode> {
    let mut device = Device::new(handle);
    let mut session = Session::open_behind(relay, header).await;
    let fingerprint = relay.address().fingerprints[0];
    let open = device.open_bound(device.sign_up(), &fingerprint, session.binding);
    session.socket.say(&open).await;
    match session.socket.next().await {
        Some(lacre_wire::push::ServerFrame::Ready(_)) => None,
        Some(lacre_wire::push::ServerFrame::Closing(error)) => Some(error.code),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn limits_go_by_the_address_that_a_trusted_proxy_names() {
    let relay = relay(&["127.0.0.0/8"]).await;
    let (one, two) = (from([203, 0, 113, 1]), from([203, 0, 113, 2]));
    assert_eq!(sign_up(&relay, &one, "ana").await, None);
    let again = sign_up(&relay, &one, "bruno").await;
    assert_eq!(again, Some(ErrorCode::RateLimited));
    assert_eq!(sign_up(&relay, &two, "bruno").await, None);
    // The words of version 1, as nginx has them.
    let line = |last: u8| format!("PROXY TCP4 203.0.113.{last} 127.0.0.1 5000 4433\r\n");
    let again = sign_up(&relay, line(2).as_bytes(), "carla").await;
    assert_eq!(again, Some(ErrorCode::RateLimited));
    assert_eq!(sign_up(&relay, line(3).as_bytes(), "carla").await, None);
    assert_eq!(metric(&relay, "proxied_total"), 5);
    // Without a header the proxy speaks for itself.
    assert_eq!(sign_up(&relay, &[], "dario").await, None);
    let again = sign_up(&relay, &[], "elisa").await;
    assert_eq!(again, Some(ErrorCode::RateLimited));
    assert_eq!(metric(&relay, "proxied_total"), 5);
    assert_eq!(metric(&relay, "proxy_headers_refused_total"), 0);
    relay.shutdown().await;
}

#[tokio::test]
async fn a_stranger_names_nobody() {
    for trusted in [&[][..], &["10.0.0.0/8", "127.0.0.2"]] {
        let relay = relay(trusted).await;
        assert!(tls_behind(&relay, &from([203, 0, 113, 1])).await.is_err());
        assert_eq!(metric(&relay, "proxied_total"), 0);
        assert_eq!(sign_up(&relay, &[], "ana").await, None);
        relay.shutdown().await;
    }
}

#[tokio::test]
async fn malformed_headers_are_refused_and_counted() {
    let relay = relay(&["127.0.0.1"]).await;
    let mut udp = from([203, 0, 113, 1]);
    udp[13] = 0x12;
    let cases = [
        udp,
        b"PROXY TCP4 nobody 127.0.0.1 1 2\r\n".to_vec(),
        b"PROXY nonsense without an end".to_vec(),
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
    ];
    for (number, header) in (1..).zip(&cases) {
        let address = relay.tcp_addr().unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(header).await.unwrap();
        stream.shutdown().await.unwrap();
        // The end, or a reset because not all of it was read.
        let _ended = stream.read(&mut [0; 16]).await;
        let counted = "proxy_headers_refused_total";
        assert_eq!(metric(&relay, counted), number, "{header:?}");
    }
    // A look whether the port is open is none.
    drop(TcpStream::connect(relay.tcp_addr().unwrap()).await.unwrap());
    assert_eq!(sign_up(&relay, &from([203, 0, 113, 1]), "ana").await, None);
    let counted = "proxy_headers_refused_total";
    assert_eq!(metric(&relay, counted), 4);
    relay.shutdown().await;
}
