//! TEMPORARY measurement.
use crate::client::Client;
use crate::device::Device;
use crate::world::{Room, accepted, builder, join, log_of, message_at, random_id};
use lacre_wire::ids::SubmitId;
use lacre_wire::push::ServerFrame;
use lacre_wire::request::{Request, Submit};
use std::collections::HashMap;
use std::time::{Duration, Instant};

fn cpu() -> HashMap<String, u64> {
    let mut out = HashMap::new();
    for task in std::fs::read_dir("/proc/self/task").unwrap() {
        let dir = task.unwrap().path();
        let Ok(stat) = std::fs::read_to_string(dir.join("schedstat")) else {
            continue;
        };
        let Ok(name) = std::fs::read_to_string(dir.join("comm")) else {
            continue;
        };
        let ns: u64 = stat.split(' ').next().unwrap().parse().unwrap();
        *out.entry(name.trim().to_owned()).or_insert(0) += ns;
    }
    out
}

fn runtime(name: &str, n: usize) -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(n)
        .thread_name(name)
        .enable_all()
        .build()
        .unwrap()
}

fn report(what: &str, before: &HashMap<String, u64>, n: u64, took: Duration) {
    let after = cpu();
    println!(
        "{what}: {n} in {took:?} = {:.0}/s",
        n as f64 / took.as_secs_f64()
    );
    let mut names: Vec<_> = after
        .iter()
        .map(|(k, v)| (k, v - before.get(k).copied().unwrap_or(0)))
        .filter(|(_, v)| *v > 1_000_000)
        .collect();
    names.sort();
    for (name, ns) in names {
        println!(
            "   {name}: {:.2} us each, {:.0}% of a core",
            ns as f64 / 1000.0 / n as f64,
            ns as f64 / took.as_nanos() as f64 * 100.0
        );
    }
}

#[test]
#[ignore]
fn load() {
    let server = runtime("relay-rt", 1);
    let load = runtime("load-rt", 2);
    let memory = std::env::var_os("MEM").is_some();
    let folder = tempfile::tempdir_in(std::env::var("DIR").unwrap_or("/work".into())).unwrap();
    let rates = lacre_relay::Rates {
        sign_up: lacre_relay::Rate::per_second(100_000),
        account: lacre_relay::Rate::per_second(1_000_000),
        device: lacre_relay::Rate::per_second(1_000_000),
        room: lacre_relay::Rate::per_second(1_000_000),
    };
    let b = if memory {
        builder().in_memory()
    } else {
        builder().data_dir(folder.path())
    };
    let b = if std::env::var_os("NORMAL").is_some() {
        b.durability(lacre_relay::Durability::Normal)
    } else {
        b
    };
    let relay =
        server.block_on(async { tokio::spawn(b.rates(rates).start()).await.unwrap().unwrap() });
    let relay = std::sync::Arc::new(relay);
    // 1 -> 1
    let r = relay.clone();
    load.block_on(async move {
        tokio::spawn(async move {
            let mut pairs = Vec::new();
            for n in 0..16 {
                let (ana, mut a) = join(&r, &format!("a{n}")).await;
                let (bob, mut bc) = join(&r, &format!("b{n}")).await;
                let (room, _) = Room::create(&ana, &mut a, &[&bob]).await;
                bc.open(log_of(room.id), None).await;
                pairs.push((a, bc, room.id));
            }
            let count = 3000u64;
            let before = cpu();
            let b0 = r.status().batches;
            let t = Instant::now();
            let mut tasks = Vec::new();
            for (mut a, mut b, room) in pairs {
                tasks.push(tokio::spawn(async move {
                    let body = vec![7u8; 1024];
                    let (mut prev, mut open) = (None, std::collections::VecDeque::new());
                    for _ in 0..count {
                        let message = message_at(room, 0, 1, &body);
                        let id = SubmitId(random_id());
                        let s = Submit {
                            room,
                            submit_id: id,
                            prev,
                            message: message.into(),
                        };
                        prev = Some(id);
                        open.push_back(a.ask(Request::Submit(s)).await);
                        if open.len() >= 32 {
                            let id = open.pop_front().unwrap();
                            accepted(a.answer(id).await);
                        }
                    }
                    for id in open {
                        accepted(a.answer(id).await);
                    }
                    drop(a);
                }));
                tasks.push(tokio::spawn(async move {
                    let mut got = 0;
                    while got < count + 1 {
                        if let ServerFrame::Entries { entries, .. } = b.next().await {
                            got += entries.len() as u64;
                        }
                    }
                }));
            }
            for t in tasks {
                t.await.unwrap();
            }
            let n = 16 * count;
            report("1->1", &before, n, t.elapsed());
            println!("   batches {}", r.status().batches - b0);
        })
        .await
        .unwrap();
    });
    // fan out 1 -> 100
    let r = relay.clone();
    load.block_on(async move {
        tokio::spawn(async move {
            let (ana, mut a) = join(&r, "fan").await;
            let mut others: Vec<(Device, Client)> = Vec::new();
            for n in 0..100 {
                others.push(join(&r, &format!("f{n}")).await);
            }
            let devices: Vec<_> = others.iter().map(|(d, _)| d).collect();
            let (room, _) = Room::create(&ana, &mut a, &devices).await;
            let count = 1500u64;
            let mut readers = Vec::new();
            for (_, mut c) in others {
                c.open(log_of(room.id), None).await;
                readers.push(tokio::spawn(async move {
                    let mut got = 0;
                    while got < count + 1 {
                        if let ServerFrame::Entries { entries, .. } = c.next().await {
                            got += entries.len() as u64;
                        }
                    }
                }));
            }
            let before = cpu();
            let t = Instant::now();
            let body = vec![7u8; 1024];
            let (mut prev, mut open) = (None, std::collections::VecDeque::new());
            for _ in 0..count {
                let id = SubmitId(random_id());
                let s = Submit {
                    room: room.id,
                    submit_id: id,
                    prev,
                    message: message_at(room.id, 0, 1, &body).into(),
                };
                prev = Some(id);
                open.push_back(a.ask(Request::Submit(s)).await);
                if open.len() >= 8 {
                    let id = open.pop_front().unwrap();
                    accepted(a.answer(id).await);
                }
            }
            for r in readers {
                r.await.unwrap();
            }
            report("1->100", &before, count * 100, t.elapsed());
            println!("{:?}", r.status());
            // catch-up
            drop(a);
            let (ana, mut a) = join(&r, "catch").await;
            let (mut bob, b) = join(&r, "catchb").await;
            let (room, _) = Room::create(&ana, &mut a, &[&bob]).await;
            drop(b);
            crate::world::send_many(&mut a, room.id, 1, 20000, 1024).await;
            let mut b = crate::world::again(&r, &mut bob).await;
            let before = cpu();
            let t = Instant::now();
            b.open(log_of(room.id), None).await;
            let all = b.entries(log_of(room.id), 20001).await;
            report("catch-up", &before, all.len() as u64, t.elapsed());
        })
        .await
        .unwrap();
    });
    server.block_on(async { std::sync::Arc::into_inner(relay).unwrap().shutdown().await });
}

fn rss() -> u64 {
    let s = std::fs::read_to_string("/proc/self/statm").unwrap();
    s.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4
}

#[test]
#[ignore]
fn idle() {
    // The relay in a process of its own.
    if let Ok(_) = std::env::var("SERVE") {
        let server = runtime("relay-rt", 1);
        server.block_on(async {
            let rates = lacre_relay::Rates {
                sign_up: lacre_relay::Rate::per_second(100_000),
                ..Default::default()
            };
            let folder = tempfile::tempdir_in("/work").unwrap(); let relay = builder().data_dir(folder.path()).rates(rates).start().await.unwrap();
            println!("ADDR {}", relay.address());
            let mut last = 0;
            loop {
                tokio::time::sleep(Duration::from_millis(500)).await;
                let s = relay.status().sessions;
                if s != last {
                    println!("RSS {} {}", s, rss());
                    last = s;
                }
            }
        });
    }
    use std::io::BufRead;
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "load::idle", "--ignored", "--nocapture"])
        .env("SERVE", "1")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
    let addr: lacre_wire::relay::RelayAddress = loop {
        let l = lines.next().unwrap().unwrap();
        if let Some(a) = l.find("ADDR ") {
            break l[a + 5..].parse().unwrap();
        }
    };
    let printer = std::thread::spawn(move || {
        for l in lines {
            println!("{}", l.unwrap_or_default());
        }
    });
    let load = runtime("load-rt", 2);
    load.block_on(async move {
        let mut keep = Vec::new();
        for n in 0..1500 {
            let mut d = Device::new(&format!("u{n}"));
            let mut c = Client::connect_with(
                addr.fingerprints[0],
                format!("127.0.0.1:{}", addr.port).parse().unwrap(),
                Duration::from_secs(600),
            )
            .await;
            let open = d.open(d.sign_up(), &addr.fingerprints[0], &c.connection);
            c.send_frame(&open).await;
            assert!(matches!(c.next().await, ServerFrame::Ready(_)));
            // 20 rooms each
            let mut logs = vec![lacre_wire::ids::LogId::Inbox(d.id())];
            c.ready = None;
            let _ = &mut logs;
            c.open(lacre_wire::ids::LogId::Inbox(d.id()), None).await;
            keep.push((c, d));
            if n % 500 == 499 {
                tokio::time::sleep(Duration::from_millis(1500)).await;
            }
        }
        tokio::time::sleep(Duration::from_millis(1500)).await;
    });
    child.kill().unwrap();
    printer.join().unwrap();
}
