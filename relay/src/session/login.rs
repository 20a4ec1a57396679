//! The first flight: who connects, proven on this very connection, and what the relay answers.

use super::finish::say_closing;
use super::mailbox::Mailbox;
use super::{Context, Session, datagrams};
use crate::builder::SignUp as SignUpRule;
use crate::handle;
use crate::objects;
use crate::service::Service;
use crate::store::command::{Command, Login, RequestDevice, SignUp};
use crate::store::outcome::{StoreError, Verdict};
use crate::store::read::{ReadAccounts, ReadLogs};
use crate::store::record::DeviceState;
use crate::stream::{Link, Receiver, Sender};
use crate::tasks::Stage;
use lacre_wire::codec;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::frame;
use lacre_wire::hello::{Hello, Purpose, Ready, VERSION, login_transcript};
use lacre_wire::identity::{Label, SignedDeviceList, verify};
use lacre_wire::ids::{AccountId, DeviceId, PublicKey};
use lacre_wire::push::ServerFrame;
use lacre_wire::request::ClientFrame;
use std::sync::Arc;
use std::time::Duration;
use tracing::Instrument;

/// From the end of the handshake to a good login.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A hello with the device list of one device. Nobody has proven anything yet, so little is read.
const MAX_HELLO: usize = 16 * 1024;

/// Characters of a client's name and of a device's.
const MAX_NAME: usize = 64;

/// An HPKE public key of the largest suite is 1.2 KB.
const MAX_INIT_KEY: usize = 2 * 1024;

/// Logs in a link whose handshake is complete, and begins its session.
pub(crate) async fn serve(service: Arc<Service>, link: Link) {
    let opened = tokio::select! {
        opened = tokio::time::timeout(TIMEOUT, open(&service, &link)) => opened,
        () = service.tasks.reached(Stage::Stopped) => return,
    };
    // Nothing came, or not in time.
    let Ok(Some((mut send, opened))) = opened else {
        let code = ErrorCode::UnexpectedMessage.number();
        return link.close(code, "no login came in time");
    };
    match opened {
        Ok((recv, mailbox, ready)) => {
            let ready = frame::encode(&ServerFrame::Ready(ready));
            link.admit();
            if send.write(ready.into()).await.is_ok() {
                service.metrics.logins.one();
                if link.is_web() {
                    service.metrics.websocket_logins.one();
                }
                begin(&service, link, send, recv, mailbox);
            }
        }
        Err(error) => {
            let address = link.remote_address();
            tracing::debug!(code = %error.code, %address, "a login was refused");
            service.metrics.refused(error.code);
            // The peer may be gone already.
            let _said = tokio::time::timeout(TIMEOUT, say_closing(&mut send, &error)).await;
            link.close(error.code.number(), error.code.name());
        }
    }
}

/// Runs the session in a task of its own, which is small: most sessions are idle most of the time.
fn begin(service: &Arc<Service>, link: Link, send: Sender, recv: Receiver, mailbox: Arc<Mailbox>) {
    service.online.enter(mailbox.clone());
    if service.is_draining() {
        mailbox.end(service.going_away());
    }
    let span = tracing::debug_span!("session", number = mailbox.number, device = %mailbox.device);
    let address = link.remote_address();
    span.in_scope(|| tracing::debug!(%address, websocket = link.is_web(), "a session begins"));
    let context = Arc::new(Context::new(service.clone(), mailbox));
    let session = Session::new(context.clone(), link.clone(), send, recv);
    let work = async move {
        // Hints first: a good-bye comes with the end of the session, and must be passed on before it.
        tokio::join!(
            biased;
            datagrams::pass_on(context.clone(), link.clone()),
            session.run(),
            objects::accept(context, link)
        );
    };
    service.tasks.spawn(work.instrument(span));
}

type Opened = Result<(Receiver, Arc<Mailbox>, Ready), WireError>;

/// Reads the first frame of the first stream and logs in. None when the peer is gone.
async fn open(service: &Service, link: &Link) -> Option<(Sender, Opened)> {
    let (send, mut recv) = link.accept().await?;
    let opened = match read_open(&mut recv).await? {
        Ok((hello, signature)) => log_in(service, link, &hello, &signature).await,
        Err(error) => Err(error),
    };
    Some((send, opened.map(|(mailbox, ready)| (recv, mailbox, ready))))
}

async fn read_open(
    recv: &mut Receiver,
) -> Option<Result<(Vec<u8>, lacre_wire::ids::Signature), WireError>> {
    let mut length = [0; 4];
    recv.read_exact(&mut length).await.ok()?;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > MAX_HELLO {
        let text =
            format!("the first frame has at most {MAX_HELLO} bytes, {length} were announced");
        return Some(Err(WireError::new(ErrorCode::TooLarge, text)));
    }
    let mut payload = vec![0; length];
    recv.read_exact(&mut payload).await.ok()?;
    Some(match codec::from_slice(&payload) {
        Ok(ClientFrame::Open { hello, signature }) => Ok((hello.into(), signature)),
        Ok(_) => Err(WireError::new(
            ErrorCode::UnexpectedMessage,
            "the first frame of a session is Open",
        )),
        Err(error) => Err(WireError::new(ErrorCode::Malformed, error.to_string())),
    })
}

async fn log_in(
    service: &Service,
    link: &Link,
    bytes: &[u8],
    signature: &lacre_wire::ids::Signature,
) -> Result<(Arc<Mailbox>, Ready), WireError> {
    let hello: Hello = codec::from_slice(bytes)
        .map_err(|e| WireError::new(ErrorCode::Malformed, e.to_string()))?;
    if !hello.versions.contains(&VERSION) {
        let text = format!(
            "this relay speaks version {VERSION}, the client {:?}; update the older one",
            hello.versions
        );
        return Err(WireError::new(ErrorCode::UnsupportedVersion, text));
    }
    if hello.client.chars().count() > MAX_NAME {
        return Err(WireError::new(
            ErrorCode::TooLarge,
            format!("a client's name has at most {MAX_NAME} characters"),
        ));
    }
    let device = DeviceId::of(&hello.device_key);
    check_signature(service, link, &hello, device, bytes, signature)?;
    let (account, counter, device_key) = (hello.account, hello.counter, hello.device_key);
    let command = match hello.purpose {
        Purpose::SignIn => sign_in(service, account, device, device_key, counter).await?,
        Purpose::SignUp { aik, list, handle } => sign_up(
            service,
            link,
            SignUpAsked {
                account,
                aik,
                handle,
                list,
                device,
                device_key,
                counter,
            },
        )?,
        Purpose::RequestDevice { init_key, name } => {
            if name.chars().count() > MAX_NAME || init_key.len() > MAX_INIT_KEY {
                let text = format!(
                    "a device's name has at most {MAX_NAME} characters, its key {MAX_INIT_KEY} bytes"
                );
                return Err(WireError::new(ErrorCode::TooLarge, text));
            }
            let (now_ms, init_key) = (service.clock.now_ms(), Vec::from(init_key).into());
            let asked = RequestDevice {
                now_ms,
                account,
                device,
                device_key,
                counter,
                init_key,
                name,
            };
            Command::RequestDevice(Box::new(asked))
        }
    };
    let outcome = service.store.submit(command).await?;
    match outcome.verdict {
        Verdict::LoggedIn {
            listed,
            list_version,
        } => {
            let number = service.next_session();
            let mailbox = Arc::new(Mailbox::new(account, device, number, listed));
            Ok((mailbox, ready(service, device, listed, list_version).await?))
        }
        Verdict::Refused(error) => Err(error),
        _ => Err(WireError::new(
            ErrorCode::StoreFailed,
            "the store answered a login with something else",
        )),
    }
}

/// The signature covers the hello, the relay and this connection.
fn check_signature(
    service: &Service,
    link: &Link,
    hello: &Hello,
    device: DeviceId,
    bytes: &[u8],
    signature: &lacre_wire::ids::Signature,
) -> Result<(), WireError> {
    let bad = |text: &str| WireError::new(ErrorCode::BadSignature, text);
    let binding = link
        .binding()
        .ok_or_else(|| bad("the connection has no keying material to bind the login to"))?;
    let fingerprint = service.keys.fingerprint();
    let transcript = login_transcript(
        bytes,
        &fingerprint,
        &binding,
        &hello.account,
        &device,
        hello.counter,
    );
    verify(&hello.device_key, Label::Login, &transcript, signature).map_err(|_| {
        bad("the login is not signed by the device's key for this connection and relay")
    })
}

async fn sign_in(
    service: &Service,
    account: AccountId,
    device: DeviceId,
    key: PublicKey,
    counter: u64,
) -> Result<Command, WireError> {
    let known = service.store.device(device).await?;
    let Some(known) = known.filter(|known| known.account == account && known.key == key) else {
        // Whether the account or the device is unknown is nobody's business who is neither.
        return Err(WireError::new(
            ErrorCode::NoSuchDevice,
            "no such device of that account; sign up or link it",
        ));
    };
    if known.state == DeviceState::Revoked {
        return Err(WireError::new(
            ErrorCode::DeviceRevoked,
            "this device was revoked by its account",
        ));
    }
    Ok(Command::Login(Login {
        now_ms: service.clock.now_ms(),
        account,
        device,
        counter,
    }))
}

struct SignUpAsked {
    account: AccountId,
    aik: PublicKey,
    handle: String,
    list: SignedDeviceList,
    device: DeviceId,
    device_key: PublicKey,
    counter: u64,
}

fn sign_up(service: &Service, link: &Link, asked: SignUpAsked) -> Result<Command, WireError> {
    if service.sign_up == SignUpRule::Closed {
        return Err(WireError::new(
            ErrorCode::SignUpClosed,
            "sign-up is closed on this relay; ask its operator",
        ));
    }
    let address = link.remote_address().ip();
    service.rates.take_sign_up(address).map_err(|wait_ms| {
        let text = format!("too many sign-ups from this address; wait {wait_ms} ms");
        WireError::retry(ErrorCode::RateLimited, text, wait_ms)
    })?;
    let SignUpAsked {
        account,
        aik,
        handle,
        list,
        device,
        device_key,
        counter,
    } = asked;
    handle::check(&handle)?;
    let bad = |text: String| WireError::new(ErrorCode::BadIdentity, text);
    if AccountId::of(&aik) != account {
        return Err(bad("the account is not the hash of the identity key".into()));
    }
    let read = list.verify(&aik).map_err(|e| bad(e.to_string()))?;
    if read.version != 1
        || read.devices.len() != 1
        || read.device(&device).is_none()
        || !read.revoked.is_empty()
    {
        return Err(bad(
            "a new account comes with version 1 of its device list, naming this device alone"
                .into(),
        ));
    }
    let now_ms = service.clock.now_ms();
    Ok(Command::SignUp(Box::new(SignUp {
        now_ms,
        account,
        aik,
        handle,
        list,
        device,
        device_key,
        counter,
    })))
}

async fn ready(
    service: &Service,
    device: DeviceId,
    listed: bool,
    list_version: u64,
) -> Result<Ready, StoreError> {
    /// Logs in one `Ready`; more than any device has.
    const MAX_LOGS: usize = 4096;
    let mut logs = service.store.logs_of(device).await?;
    logs.truncate(MAX_LOGS);
    Ok(Ready {
        version: VERSION,
        lineage: service.store.lineage(),
        server_ms: service.clock.now_ms(),
        statement: service.keys.statement(),
        reconnect_spread_ms: service.reconnect_spread_ms(),
        logs,
        key_packages: service.store.key_package_counts(device).await?,
        list_version,
        listed,
    })
}
