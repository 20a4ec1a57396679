//! Who is behind a proxy: the PROXY protocol, versions 1 and 2, of HAProxy's specification.
//!
//! A proxy in front of the TCP port is the one that connects; without its word every person has its
//! address, and what the relay bounds for an address it would bound for all of them. So a proxy that
//! the operator trusts says first whom it speaks for. From anybody else such words are no TLS, and
//! end the connection.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use tokio::io::{AsyncRead, AsyncReadExt};

/// The first bytes of version 2.
const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";

/// The longest line of version 1, with its end.
const LINE: usize = 107;

/// Bytes that may stand behind the addresses of version 2; proxies add some tens.
const LONGEST: usize = 2048;

/// The first byte of a TLS connection: a record that holds a handshake (RFC 8446 §5.1).
const TLS: u8 = 22;

/// Addresses that begin alike: `10.0.0.0/8`, `2001:db8::/32`, or one address alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// A network that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no network; expected an address as 192.0.2.7, or a network as 10.0.0.0/8 or 2001:db8::/32"
)]
pub struct BadNetwork(String);

impl Network {
    /// Whether an address is one of them. IPv4 inside of IPv6 counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        let shift = |width: u32| width.saturating_sub(u32::from(self.bits));
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                let differ = u32::from(ours) ^ u32::from(theirs);
                differ.checked_shr(shift(32)).unwrap_or(0) == 0
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                let differ = u128::from(ours) ^ u128::from(theirs);
                differ.checked_shr(shift(128)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Self, BadNetwork> {
        let bad = || BadNetwork(text.to_owned());
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| bad())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.parse().ok().filter(|bits| *bits <= most),
            None => Some(most),
        };
        let bits = bits.ok_or_else(bad)?;
        Ok(Self { address, bits })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.address, self.bits) {
            (IpAddr::V4(address), 32) => write!(f, "{address}"),
            (IpAddr::V6(address), 128) => write!(f, "{address}"),
            (address, bits) => write!(f, "{address}/{bits}"),
        }
    }
}

/// Words of a proxy that cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadHeader {
    #[error("it begins neither with TLS nor with the PROXY protocol")]
    Neither,
    #[error("a version of the PROXY protocol that is not known")]
    Version,
    #[error("an address that is none, or not of TCP")]
    Address,
    #[error("more than a header holds")]
    TooLong,
    #[error("it ended too early")]
    Cut(#[from] io::Error),
}

/// Whether what a trusted proxy has sent first is a header; without one it speaks for itself, as a
/// look at its health does.
///
/// # Errors
/// [`BadHeader::Neither`].
pub(crate) fn begins(first: u8) -> Result<bool, BadHeader> {
    match first {
        TLS => Ok(false),
        b'\r' | b'P' => Ok(true),
        _ => Err(BadHeader::Neither),
    }
}

/// Reads the header; whom the proxy speaks for, or none if for itself.
///
/// # Errors
/// See [`BadHeader`].
pub(crate) async fn read(
    stream: &mut (impl AsyncRead + Unpin),
) -> Result<Option<SocketAddr>, BadHeader> {
    let mut start = [0; SIGNATURE.len()];
    stream.read_exact(&mut start).await?;
    if start != SIGNATURE {
        return read_line(stream, start.to_vec()).await;
    }
    let mut head = [0; 4];
    stream.read_exact(&mut head).await?;
    let [command, family, length @ ..] = head;
    let length = usize::from(u16::from_be_bytes(length));
    if length > LONGEST {
        return Err(BadHeader::TooLong);
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    match command {
        // LOCAL: the proxy itself.
        0x20 => Ok(None),
        0x21 => addresses(family, &body),
        _ => Err(BadHeader::Version),
    }
}

/// The source of version 2's addresses; what stands behind them is passed over.
fn addresses(family: u8, body: &[u8]) -> Result<Option<SocketAddr>, BadHeader> {
    let port = |at: usize| {
        let bytes = body.get(at..)?.first_chunk::<2>()?;
        Some(u16::from_be_bytes(*bytes))
    };
    let source: Option<(IpAddr, u16)> = match family {
        // Unspecified: the proxy does not know.
        0x00 => return Ok(None),
        0x11 if body.len() >= 12 => {
            let address = body.first_chunk::<4>().map(|bytes| Ipv4Addr::from(*bytes));
            address.map(IpAddr::V4).zip(port(8))
        }
        0x21 if body.len() >= 36 => {
            let address = body.first_chunk::<16>().map(|bytes| Ipv6Addr::from(*bytes));
            address.map(IpAddr::V6).zip(port(32))
        }
        _ => None,
    };
    let (address, port) = source.ok_or(BadHeader::Address)?;
    Ok(Some((address.to_canonical(), port).into()))
}

/// The rest of a line of version 1, and what it says.
async fn read_line(
    stream: &mut (impl AsyncRead + Unpin),
    mut line: Vec<u8>,
) -> Result<Option<SocketAddr>, BadHeader> {
    if !line.starts_with(b"PROXY ") {
        return Err(BadHeader::Version);
    }
    // Not a byte further: TLS begins behind the line.
    while !line.ends_with(b"\r\n") {
        if line.len() >= LINE {
            return Err(BadHeader::TooLong);
        }
        line.push(stream.read_u8().await?);
    }
    let text = std::str::from_utf8(&line).map_err(|_| BadHeader::Address)?;
    let words: Vec<&str> = text.trim_end().split(' ').collect();
    let (family, source, port) = match words.as_slice() {
        ["PROXY", "UNKNOWN", ..] => return Ok(None),
        ["PROXY", family, source, _, port, _] => (*family, *source, *port),
        _ => return Err(BadHeader::Address),
    };
    let address: IpAddr = source.parse().map_err(|_| BadHeader::Address)?;
    let port: u16 = port.parse().map_err(|_| BadHeader::Address)?;
    match (family, address) {
        ("TCP4", IpAddr::V4(_)) | ("TCP6", IpAddr::V6(_)) => {
            Ok(Some((address.to_canonical(), port).into()))
        }
        _ => Err(BadHeader::Address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What is read of some bytes, and what is left of them.
    fn taken(mut bytes: &[u8]) -> (Result<Option<SocketAddr>, BadHeader>, &[u8]) {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let read = runtime.build().unwrap().block_on(read(&mut bytes));
        (read, bytes)
    }

    /// A header with TLS behind it, of which nothing may be taken.
    fn heard(header: &[u8]) -> Result<Option<SocketAddr>, BadHeader> {
        let bytes = [header, &[TLS, 3, 1]].concat();
        let (heard, left) = taken(&bytes);
        assert!(heard.is_err() || left == [TLS, 3, 1]);
        heard
    }

    fn v2(command: u8, family: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        [&SIGNATURE[..], &[command, family], &length, body].concat()
    }

    fn source(text: &str) -> Option<SocketAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn headers_of_both_versions_name_the_source() {
        let four = [203, 0, 113, 7, 10, 0, 0, 1, 0xc0, 0, 0x11, 0x51];
        assert_eq!(
            heard(&v2(0x21, 0x11, &four)).unwrap(),
            source("203.0.113.7:49152")
        );
        let with_more = [&four[..], &[3, 0, 4, 1, 2, 3, 4]].concat();
        assert_eq!(
            heard(&v2(0x21, 0x11, &with_more)).unwrap(),
            source("203.0.113.7:49152")
        );
        let from: Ipv6Addr = "2001:db8::7".parse().unwrap();
        let six = [&from.octets()[..], &[0; 16], &[0, 80, 0, 81]].concat();
        assert_eq!(
            heard(&v2(0x21, 0x21, &six)).unwrap(),
            source("[2001:db8::7]:80")
        );
        let mapped = Ipv4Addr::new(192, 0, 2, 1).to_ipv6_mapped();
        let six = [&mapped.octets()[..], &[0; 16], &[0, 80, 0, 81]].concat();
        assert_eq!(
            heard(&v2(0x21, 0x21, &six)).unwrap(),
            source("192.0.2.1:80")
        );
        for itself in [
            v2(0x20, 0, &[]),
            v2(0x20, 0x11, &four),
            v2(0x21, 0, &[1, 2]),
        ] {
            assert_eq!(heard(&itself).unwrap(), None);
        }
        let line = |text: &str| heard(text.as_bytes()).unwrap();
        assert_eq!(
            line("PROXY TCP4 203.0.113.7 10.0.0.1 49152 4433\r\n"),
            source("203.0.113.7:49152")
        );
        assert_eq!(
            line("PROXY TCP6 2001:db8::7 ::1 80 81\r\n"),
            source("[2001:db8::7]:80")
        );
        assert_eq!(line("PROXY UNKNOWN\r\n"), None);
    }

    #[test]
    fn malformed_headers_are_refused() {
        let long = format!("PROXY TCP4 {}\r\n", "1".repeat(LINE));
        let lines = [
            "PROXY TCP4 203.0.113.7 10.0.0.1 49152\r\n",
            "PROXY TCP4 2001:db8::7 ::1 80 81\r\n",
            "PROXY TCP4 203.0.113.7 10.0.0.1 70000 1\r\n",
            "PROXY UDP4 203.0.113.7 10.0.0.1 80 81\r\n",
            "PROXY FIVE 1\r\n",
            "GET / HTTP/1.1\r\n",
            &long,
        ];
        for line in lines {
            assert!(heard(line.as_bytes()).is_err(), "{line}");
        }
        let four = [203, 0, 113, 7, 10, 0, 0, 1, 0xc0, 0, 0x11, 0x51];
        for bytes in [
            v2(0x11, 0x11, &four),
            v2(0x22, 0x11, &four),
            v2(0x21, 0x12, &four),
            v2(0x21, 0x31, &[0; 216]),
            v2(0x21, 0x21, &four),
            v2(0x21, 0x11, &four[..11]),
            v2(0x21, 0x11, &[0; LONGEST + 1]),
        ] {
            assert!(heard(&bytes).is_err(), "{bytes:?}");
        }
        for cut in 0..v2(0x21, 0x11, &four).len() {
            let header = v2(0x21, 0x11, &four);
            assert!(taken(&header[..cut]).0.is_err(), "{cut}");
        }
        assert!(begins(b'G').is_err() && begins(0x80).is_err());
        assert!(begins(b'\r').unwrap() && begins(b'P').unwrap() && !begins(TLS).unwrap());
    }

    #[test]
    fn networks_are_read_and_hold_their_addresses() {
        let holds = |network: &str, address: &str| {
            let network: Network = network.parse().unwrap();
            network.contains(address.parse().unwrap())
        };
        assert!(holds("10.0.0.0/8", "10.255.0.1") && !holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("192.0.2.7", "192.0.2.7") && !holds("192.0.2.7", "192.0.2.6"));
        assert!(holds("127.0.0.1", "::ffff:127.0.0.1"));
        assert!(holds("2001:db8::/32", "2001:db8:1::1") && !holds("2001:db8::/32", "2001:db9::1"));
        assert!(holds("0.0.0.0/0", "203.0.113.7") && !holds("0.0.0.0/0", "2001:db8::1"));
        assert!(holds("::/0", "2001:db8::1"));
        for bad in [
            "",
            "10.0.0.0/33",
            "10.0.0/8",
            "::/129",
            "10.0.0.0/-1",
            "proxy",
        ] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
        for text in ["10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "::1"] {
            assert_eq!(text.parse::<Network>().unwrap().to_string(), text);
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let starts = [&b""[..], &SIGNATURE, b"PROXY ", b"PROXY TCP4 "];
            for start in starts {
                let all = [start, &bytes].concat();
                let (_read_or_refused, left) = taken(&all);
                prop_assert!(all.ends_with(left));
            }
        }
    }
}
