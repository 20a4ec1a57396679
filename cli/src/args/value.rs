//! Values of the operator's settings, as they are written and read everywhere.

use clap::ValueEnum;
use serde::Deserialize;

/// Where people reach a relay.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Advertised {
    /// A name or an IP address, IPv6 without brackets.
    pub(crate) host: String,
    /// The port; the one listened on if none is given.
    pub(crate) port: Option<u16>,
}

impl std::str::FromStr for Advertised {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || "expected name, name:port, 192.0.2.1:port or [2001:db8::1]:port".to_owned();
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, rest) = rest.split_once(']').ok_or_else(bad)?;
                host.parse::<std::net::Ipv6Addr>().map_err(|_| bad())?;
                (
                    host,
                    if rest.is_empty() {
                        None
                    } else {
                        Some(rest.strip_prefix(':').ok_or_else(bad)?)
                    },
                )
            }
            None => match text.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            },
        };
        if host.is_empty() || host.contains(['@', '/', ' ', ',']) {
            return Err(bad());
        }
        let port = port
            .map(|port| port.parse().map_err(|_| bad()))
            .transpose()?;
        Ok(Self {
            host: host.to_owned(),
            port,
        })
    }
}

impl TryFrom<String> for Advertised {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl std::fmt::Display for Advertised {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.host.contains(':'), self.port) {
            (true, Some(port)) => write!(f, "[{}]:{port}", self.host),
            (false, Some(port)) => write!(f, "{}:{port}", self.host),
            (true, None) => write!(f, "[{}]", self.host),
            (false, None) => f.write_str(&self.host),
        }
    }
}

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SignUp {
    /// Anybody who reaches the relay.
    Open,
    /// Nobody.
    Closed,
}

/// What an accepted message survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Durability {
    /// A power cut.
    Full,
    /// The end of the process.
    Normal,
}

/// As on the command line.
fn word(value: &impl ValueEnum, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    match value.to_possible_value() {
        Some(word) => f.write_str(word.get_name()),
        None => Ok(()),
    }
}

impl std::fmt::Display for SignUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        word(self, f)
    }
}

impl std::fmt::Display for Durability {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        word(self, f)
    }
}

impl From<Durability> for lacre_relay::Durability {
    fn from(durability: Durability) -> Self {
        match durability {
            Durability::Full => Self::Full,
            Durability::Normal => Self::Normal,
        }
    }
}

/// Networks, divided by commas.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Networks(pub(crate) Vec<lacre_relay::Network>);

impl std::str::FromStr for Networks {
    type Err = lacre_relay::BadNetwork;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let networks = text.split(',').map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self(networks))
    }
}

impl TryFrom<String> for Networks {
    type Error = lacre_relay::BadNetwork;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl std::fmt::Display for Networks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&shown.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::Advertised;

    #[test]
    fn advertised_addresses_are_read() {
        let read = |text: &str| {
            text.parse::<Advertised>()
                .map(|read| (read.host, read.port))
        };
        assert_eq!(read("chat.example"), Ok(("chat.example".into(), None)));
        assert_eq!(
            read("chat.example:5000"),
            Ok(("chat.example".into(), Some(5000)))
        );
        assert_eq!(
            read("[2001:db8::1]:5000"),
            Ok(("2001:db8::1".into(), Some(5000)))
        );
        assert_eq!(read("[2001:db8::1]"), Ok(("2001:db8::1".into(), None)));
        for bad in [
            "",
            ":1",
            "x:port",
            "x:70000",
            "2001:db8::1",
            "[x]:1",
            "lacre://x@y",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
