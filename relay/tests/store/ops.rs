//! Random operations on a small universe, and what a store shows of it.

use super::world::{DAY, Person, World, remove, step};
use bytes::Bytes;
use lacre_relay::store::Store;
use lacre_relay::store::command::{
    Ack, ClaimKeyPackages, Command, Hashed, Housekeep, Login, Member, OpenGeneration, Propose,
    PutDeviceList, PutKeyPackages, PutObject, PutSnapshot, RelayPropose, ReportBadCommit,
    RequestDevice, Seen, SendToDevice,
};
use lacre_relay::store::read::{ReadLogs, ReadRooms};
use lacre_relay::store::record::RoomRecord;
use lacre_wire::hash::sha256;
use lacre_wire::ids::{LogId, RoomId, SubmitId};
use lacre_wire::request::LogSeq;
use proptest::prelude::*;

pub(super) const PEOPLE: u8 = 3;
pub(super) const ROOMS: u8 = 3;

/// One operation: what, on which room, by whom, towards whom, and two free choices.
#[derive(Debug, Clone)]
pub(super) struct Op {
    what: u8,
    room: u8,
    by: u8,
    to: u8,
    choice: u8,
    number: u16,
}

pub(super) fn op() -> impl Strategy<Value = Op> {
    (
        0u8..40,
        0..ROOMS,
        0..PEOPLE * 2,
        0..PEOPLE * 2,
        any::<u8>(),
        0u16..40,
    )
        .prop_map(|(what, room, by, to, choice, number)| Op {
            what,
            room,
            by,
            to,
            choice,
            number,
        })
}

/// The people, and what was submitted so far: repetitions are as likely as news.
pub(super) struct Universe {
    pub(super) world: World,
    people: Vec<Person>,
    sent: Vec<Command>,
    counter: u64,
}

impl Universe {
    /// Three people with two devices each, and two rooms; `commands` gets what made them.
    pub(super) async fn new(store: Store, commands: &mut Vec<Command>) -> Self {
        let mut world = World::of(store, None);
        let mut people: Vec<Person> = (1..=PEOPLE).map(Person::new).collect();
        for person in &mut people {
            commands.push(world.sign_up(person));
            let entry = person.entry(1);
            let list = person.next_list(|list| list.devices.push(entry));
            let put = PutDeviceList {
                now_ms: world.now,
                account: person.account,
                list,
            };
            commands.push(Command::PutDeviceList(Box::new(put)));
        }
        let everybody: Vec<&Person> = people.iter().collect();
        let large = world.create(RoomId([0; 16]), &everybody);
        let small = world.create(RoomId([1; 16]), &everybody[..2]);
        commands.extend([large, small].map(|create| Command::CreateRoom(Box::new(create))));
        for command in commands.iter() {
            world.submit(command.clone()).await;
        }
        Self {
            world,
            people,
            sent: Vec::new(),
            counter: 10,
        }
    }

    pub(super) fn who(&self, number: u8) -> Member {
        self.people[usize::from(number / 2)].member(number % 2)
    }

    fn person(&self, number: u8) -> &Person {
        &self.people[usize::from(number / 2)]
    }

    async fn state(&self, room: RoomId) -> Option<RoomRecord> {
        self.world.store.room(room).await.unwrap()
    }

    /// The command of an operation, in the light of what the store holds now.
    pub(super) async fn command(&mut self, op: &Op) -> Command {
        let command = self.build(op).await;
        if command_repeats(&command) {
            self.sent.push(command.clone());
        }
        command
    }

    async fn build(&mut self, op: &Op) -> Command {
        let room = RoomId([op.room; 16]);
        let (by, to) = (self.who(op.by), self.who(op.to));
        let now_ms = self.world.now;
        let state = self.state(room).await;
        let (generation, epoch) = state
            .as_ref()
            .map_or((0, 0), |state| (state.generation, state.epoch));
        let off = u64::from(op.choice % 8 == 7);
        match op.what {
            0..=11 => self.message(op, room, by).await,
            12 if !self.sent.is_empty() => {
                self.sent[usize::from(op.number) % self.sent.len()].clone()
            }
            13..=18 if state.is_some() => {
                let adds: Vec<Member> = if op.choice & 1 == 0 { vec![to] } else { vec![] };
                let removes: Vec<Member> = if op.choice & 2 == 0 { vec![to] } else { vec![] };
                let mut commit = self.world.commit(room, by, &adds, &removes).await;
                commit.epoch += off;
                commit.external = op.choice & 4 == 0;
                if commit.external {
                    commit.step.adds = vec![by];
                    commit.step.welcomes.clear();
                    let waiting = state
                        .iter()
                        .flat_map(|state| &state.pending)
                        .filter_map(|pending| pending.evicts);
                    let member = |device| {
                        (0..PEOPLE * 2)
                            .map(|n| self.who(n))
                            .find(|member| member.device == device)
                    };
                    commit.reproposals = waiting
                        .filter_map(member)
                        .map(|whom| remove(epoch + 1, whom))
                        .collect();
                }
                if op.choice & 16 == 0 {
                    commit.consumed.clear();
                }
                let before = state.as_ref().and_then(|state| state.listed.clone());
                commit.step.summary.listed = name(op.number).unwrap_or(before);
                if op.choice & 32 == 0 {
                    commit.step.body = Hashed::new(vec![op.choice; 70_000]);
                }
                Command::Commit(Box::new(commit))
            }
            19 | 20 => Command::RelayPropose(RelayPropose {
                now_ms,
                room,
                generation,
                epoch: epoch + off,
                removes: vec![remove(epoch, to)],
            }),
            21 => Command::Propose(Propose {
                now_ms,
                room,
                account: by.account,
                device: by.device,
                generation,
                epoch: epoch + off,
                submit_id: self.world.submit_id(),
                body: Hashed::new(format!("leave {}", op.number).into_bytes()),
            }),
            22 => {
                let people = [self.person(op.by).clone(), self.person(op.to).clone()];
                let count = if op.by / 2 == op.to / 2 { 1 } else { 2 };
                let both: Vec<&Person> = people.iter().take(count).collect();
                let mut create = self.world.create(room, &both);
                create.peer = (op.choice & 1 == 0).then_some(to.account);
                let listed = name(op.number).flatten();
                create.summary.listed.clone_from(&listed);
                if let Some(first) = &mut create.first {
                    first.summary.listed = listed;
                }
                Command::CreateRoom(Box::new(create))
            }
            23 => {
                let submit_id = self.world.submit_id();
                Command::OpenGeneration(Box::new(OpenGeneration {
                    now_ms,
                    room,
                    account: by.account,
                    device: by.device,
                    submit_id,
                    generation: generation + 1,
                    epoch: 1,
                    step: step(&format!("generation {submit_id}"), &[], &[]),
                }))
            }
            24 | 25 => self.report(op, room, by).await,
            26..=30 => self.account_command(op, by, to),
            31..=33 => {
                let log = if op.choice & 1 == 0 {
                    LogId::Room(room)
                } else {
                    LogId::Inbox(by.device)
                };
                let other = LogSeq {
                    log: LogId::Room(RoomId([1; 16])),
                    seq: u64::from(op.choice),
                };
                let acks = vec![
                    LogSeq {
                        log,
                        seq: u64::from(op.number),
                    },
                    other,
                ];
                Command::Ack(Ack {
                    now_ms,
                    device: by.device,
                    acks,
                })
            }
            34 => Command::PutObject(PutObject {
                now_ms,
                object: Hashed::new(vec![op.choice % 4; 100]),
            }),
            35 => {
                let snapshot = Bytes::from(vec![op.choice; 50]);
                let epoch = epoch.saturating_sub(u64::from(op.choice % 3));
                Command::PutSnapshot(PutSnapshot {
                    now_ms,
                    room,
                    generation,
                    epoch,
                    snapshot,
                })
            }
            _ => {
                let ahead = [1, 3_000, 61 * 60 * 1000, DAY, 8 * DAY, 31 * DAY, 95 * DAY];
                self.world.now += ahead[usize::from(op.choice) % ahead.len()];
                Command::Housekeep(Housekeep {
                    now_ms: self.world.now,
                    limit: 1 + u32::from(op.number),
                })
            }
        }
    }

    async fn message(&mut self, op: &Op, room: RoomId, by: Member) -> Command {
        let Some(state) = self.state(room).await else {
            return Command::PutObject(PutObject {
                now_ms: self.world.now,
                object: Hashed::new(vec![9; 10]),
            });
        };
        let mut message = self
            .world
            .message(room, by, None, &format!("text {}", op.number))
            .await;
        let last = self.sent.iter().rev().find_map(|command| match command {
            Command::Append(before) if (before.room, before.device) == (room, by.device) => {
                Some(before.submit_id)
            }
            _ => None,
        });
        message.prev = match op.choice % 8 {
            0 => None,
            1 => Some(SubmitId([op.choice; 16])),
            _ => last,
        };
        if op.choice & 64 != 0 && op.choice & 128 != 0 {
            message.epoch = state.epoch.saturating_sub(1);
        }
        Command::Append(message)
    }

    async fn report(&mut self, op: &Op, room: RoomId, by: Member) -> Command {
        let store = &self.world.store;
        let handshakes = store.handshakes(room, 0, 0, 1 << 20).await.unwrap();
        let entry = handshakes.get(usize::from(op.number) % handshakes.len().max(1));
        Command::ReportBadCommit(ReportBadCommit {
            external_pub: (op.choice & 1 == 0).then(|| sha256(&[&op.number.to_be_bytes()])),
            now_ms: self.world.now,
            room,
            account: by.account,
            device: by.device,
            generation: entry.map_or(0, |entry| entry.generation),
            epoch: entry.map_or(0, |entry| entry.epoch),
            seq: entry.map_or(1, |entry| entry.seq),
            commit: entry.map_or(sha256(&[]), |entry| entry.body.hash()),
        })
    }

    fn account_command(&mut self, op: &Op, by: Member, to: Member) -> Command {
        let now_ms = self.world.now;
        self.counter += 1;
        let counter = self.counter - u64::from(op.choice % 4 == 3);
        match op.what {
            26 => {
                let sealed = Bytes::from(vec![op.choice; usize::from(op.number) * 100]);
                Command::SendToDevice(SendToDevice {
                    now_ms,
                    account: by.account,
                    from: by.device,
                    to: to.device,
                    sealed,
                })
            }
            27 => {
                let suite = u16::from(op.choice % 2);
                let package = |n: u16| Bytes::from(format!("package {n} {suite}"));
                Command::PutKeyPackages(PutKeyPackages {
                    now_ms,
                    device: by.device,
                    suite,
                    one_time: (0..op.number % 4)
                        .map(|n| package(op.number / 4 + n))
                        .collect(),
                    last_resort: (op.choice & 4 == 0)
                        .then(|| Bytes::from(format!("last {}", op.number))),
                })
            }
            28 => {
                let accounts = vec![to.account, by.account];
                let suite = u16::from(op.choice % 2);
                Command::ClaimKeyPackages(ClaimKeyPackages {
                    now_ms,
                    device: by.device,
                    suite,
                    accounts,
                })
            }
            29 if op.choice & 3 == 0 => Command::Seen(Seen {
                now_ms,
                devices: vec![by.device, to.device],
            }),
            29 => Command::Login(Login {
                now_ms,
                account: to.account,
                device: by.device,
                counter,
            }),
            _ => {
                let index = 2 + op.choice % 4;
                let person = self.person(op.by);
                Command::RequestDevice(Box::new(RequestDevice {
                    now_ms,
                    account: person.account,
                    device: person.device(index),
                    device_key: person.key(index),
                    counter,
                    init_key: Bytes::from_static(b"init"),
                    name: "new".to_owned(),
                }))
            }
        }
    }
}

/// A step's change of the listed name, if it makes one: few names, so that rooms want the same.
fn name(number: u16) -> Option<Option<String>> {
    match number % 5 {
        0 => Some(None),
        1 | 2 => Some(Some(format!("name {}", number % 2))),
        _ => None,
    }
}

/// Commands that are worth repeating: those with a submission.
fn command_repeats(command: &Command) -> bool {
    use Command as C;
    matches!(
        command,
        C::Append(_) | C::Propose(_) | C::Commit(_) | C::CreateRoom(_) | C::OpenGeneration(_)
    )
}
