//! Where the relay listens, and what people are told.

use super::super::settings::Settings;
use crate::print::Check;
use crate::text::doctor as text;
use std::net::{IpAddr, TcpListener, UdpSocket};
use tokio::net::lookup_host;

/// Whether the port is free, or the relay's.
pub(super) fn port(settings: &Settings, running: bool) -> Check {
    let check = |found: String| Check::good("port", text::port(), found);
    let listen = settings.listen;
    match UdpSocket::bind(listen) {
        Ok(_) if running && listen.port() != 0 => {
            check(text::listens_elsewhere(listen)).warning(text::same_settings())
        }
        Ok(_) if settings.websocket => {
            let tcp = settings.listen_tcp.unwrap_or(listen);
            match TcpListener::bind(tcp) {
                Ok(_) => check(text::port_free(listen)),
                Err(error) => check(format!("tcp {tcp}: {error}")).bad(text::no_tcp()),
            }
        }
        Ok(_) => check(text::port_free(listen)),
        Err(_) if running => check(text::port_ours(listen)),
        Err(error) => check(format!("udp {listen}: {error}")).bad(text::other_port()),
    }
}

/// Whether people can get from the address that is handed out to here.
pub(super) async fn address(settings: &Settings) -> Check {
    let check = |found: String| Check::good("address", text::address(), found);
    let Some(advertise) = &settings.advertise else {
        let ip = settings.listen.ip();
        return match reach(ip) {
            Reach::Everybody => check(ip.to_string()),
            _ => check(text::not_advertised(ip)).warning(text::advertise()),
        };
    };
    let port = advertise.port.unwrap_or(settings.listen.port());
    match lookup_host((advertise.host.as_str(), port)).await {
        Ok(found) => {
            let found: Vec<IpAddr> = found.map(|address| address.ip()).collect();
            let list: Vec<_> = found.iter().map(ToString::to_string).collect();
            let shown = check(format!("{advertise} = {}", list.join(", ")));
            match found.iter().map(|ip| reach(*ip)).max() {
                Some(Reach::Everybody) => shown,
                _ => shown.warning(text::private()),
            }
        }
        Err(error) => check(format!("{advertise}: {error}")).bad(text::name_record()),
    }
}

/// Whether strangers can read the status page.
pub(super) fn status_page(settings: &Settings) -> Check {
    let check = Check::good(
        "status-page",
        text::status_page(),
        settings.http.to_string(),
    );
    match settings.http.ip().is_loopback() {
        true => check,
        false => check.warning(text::open_page()),
    }
}

/// Who can get to an address.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    ThisMachine,
    ThisNetwork,
    Everybody,
}

fn reach(ip: IpAddr) -> Reach {
    let private = match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
    };
    match ip {
        ip if ip.is_loopback() || ip.is_unspecified() => Reach::ThisMachine,
        _ if private => Reach::ThisNetwork,
        _ => Reach::Everybody,
    }
}

#[cfg(test)]
mod tests {
    use super::{Reach, reach};

    #[test]
    fn addresses_are_told_apart_by_who_reaches_them() {
        let who = |text: &str| reach(text.parse().unwrap());
        for machine in ["127.0.0.1", "0.0.0.0", "::1"] {
            assert!(who(machine) == Reach::ThisMachine, "{machine}");
        }
        for network in ["10.0.0.1", "192.168.3.4", "fd00::1", "fe80::1"] {
            assert!(who(network) == Reach::ThisNetwork, "{network}");
        }
        for all in ["203.0.113.7", "2001:db8::1"] {
            assert!(who(all) == Reach::Everybody, "{all}");
        }
    }
}
