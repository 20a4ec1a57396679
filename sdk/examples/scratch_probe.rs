#![allow(missing_docs, clippy::all, clippy::unwrap_used)]
use lacre::*;
use std::time::{Duration, Instant};
fn count(what: &str) -> usize { std::fs::read_dir(format!("/proc/self/{what}")).unwrap().count() }
#[tokio::main(flavor = "current_thread")]
async fn main() {
    let address = std::env::args().nth(1).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    let h = |n: &str| format!("{n}{now}");
    let opt = |n: &str, a: &str, f: &str| Options::in_folder(a, dir.path().join(f)).key_file().handle(&h(n));
    for e in std::fs::read_dir("/proc/self/fd").unwrap() { let e = e.unwrap(); println!("{:?} {:?}", e.file_name(), std::fs::read_link(e.path())); }
    println!("base threads {} fds {}", count("task"), count("fd"));
    let t = Instant::now();
    let ana = Client::open(opt("ana", &address, "ana")).await.unwrap();
    println!("open {:?} {:?} threads {} fds {}", t.elapsed(), ana.me().handle, count("task"), count("fd"));
    let t = Instant::now();
    println!("in use: {:?} {:?}", Client::open(opt("ana", &address, "ana")).await.err(), t.elapsed());
    let t = Instant::now();
    println!("taken: {:?} {:?}", Client::open(opt("ana", &address, "bruno")).await.err(), t.elapsed());
    let t = Instant::now();
    let bruno = Client::open(opt("bruno", &address, "bruno")).await.unwrap();
    println!("bruno after taken {:?}", t.elapsed());
    let t = Instant::now();
    let wrong = address.replacen("lacre://", "lacre://", 1).replace(&address[8..60], &format!("{}a", &"a".repeat(51)));
    println!("wrong: {:?} {:?}", Client::open(opt("x", &wrong, "x")).await.err().map(|e| e.to_string()), t.elapsed());
    let t = Instant::now();
    println!("badkey: {:?} {:?}", Client::open(Options::in_folder(&address, dir.path().join("k")).handle("kk")).await.err().map(|e| e.to_string()), t.elapsed());
    println!("nohandle: {:?}", Client::open(Options::in_folder(&address, dir.path().join("k")).key_file()).await.err().map(|e| e.to_string()));
    println!("badaddr: {:?}", Client::open(Options::in_folder("http://x", dir.path().join("k")).key_file()).await.err().map(|e| e.to_string()));
    println!("badhandle: {:?}", Client::open(Options::in_folder(&address, dir.path().join("k")).key_file().handle("Ana X")).await.err().map(|e| e.to_string()));
    println!("none: {:?}", ana.person("nobody-at-all").await.err().map(|e| e.to_string()));
    let room = ana.direct(&h("bruno")).await.unwrap();
    room.send("one").await.unwrap().sent().await.unwrap();
    let mut ev = bruno.events();
    loop { if let Some(Event::Message(m)) = ev.next().await { println!("{}", m.text()); break; } }
    // pause
    let t = Instant::now();
    bruno.pause().await.unwrap();
    println!("paused {:?}; rooms: {:?} conn {:?}", t.elapsed(), bruno.rooms().err().map(|e| e.code()), bruno.connection());
    println!("call while paused: {:?}", bruno.devices().await.err().map(|e| e.code()));
    room.send("two").await.unwrap().sent().await.unwrap();
    let t = Instant::now();
    bruno.resume().await.unwrap();
    println!("resumed {:?}", t.elapsed());
    bruno.online().await.unwrap();
    loop { match ev.next().await { Some(Event::Message(m)) => { println!("{} after {:?}", m.text(), t.elapsed()); break; } Some(e) => println!("  {e:?}"), None => panic!() } }
    let br = bruno.room(room.id()).unwrap();
    println!("room name {:?} members {}", br.name(), br.members().len());
    let tl = br.timeline().await.unwrap();
    println!("snapshot {} older {}", tl.snapshot().len(), tl.older(50).await.unwrap());
    let t = Instant::now();
    bruno.close().await;
    println!("closed {:?}, events {:?} diff {:?}", t.elapsed(), { let mut last = None; while let Some(e) = ev.next().await { last = Some(e); } last }, tl.next_diff().await);
    println!("call closed: {:?} {:?}", bruno.person("x").await.err(), bruno.rooms().err().map(|e| e.code()));
    bruno.close().await;
    // offline reopen
    let off = format!("{}:1", address.rsplit_once(':').unwrap().0);
    let t = Instant::now();
    let bruno = Client::open(opt("bruno", &off, "bruno")).await.unwrap();
    println!("offline open {:?} {:?}", t.elapsed(), bruno.connection());
    let br = bruno.room(room.id()).unwrap();
    let handle = br.send("from offline").await.unwrap();
    println!("{:?}", handle.state());
    let t = Instant::now();
    bruno.close().await;
    println!("offline close {:?} sent: {:?}", t.elapsed(), handle.sent().await.err().map(|e| e.code()));
    let mut av = ana.events();
    let bruno = Client::open(opt("bruno", &address, "bruno")).await.unwrap();
    loop { if let Some(Event::Message(m)) = av.next().await { println!("{} from {}", m.text(), m.sender().name()); break; } }
    println!("threads {} fds {}", count("task"), count("fd"));
    drop((bruno, room, ana, av, ev, tl, br));
    let t = Instant::now();
    while count("task") > 1 && t.elapsed() < Duration::from_secs(5) { tokio::time::sleep(Duration::from_millis(10)).await; }
    println!("after drop: threads {} fds {} {:?}", count("task"), count("fd"), t.elapsed());
    for e in std::fs::read_dir("/proc/self/fd").unwrap() { let e = e.unwrap(); println!("{:?} {:?}", e.file_name(), std::fs::read_link(e.path())); }
    if true { return; }
    let t = Instant::now();
    println!("unreachable: {:?} {:?}", Client::open(opt("y", &off, "y")).await.err().map(|e| e.to_string()), t.elapsed());
}
