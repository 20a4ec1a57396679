//! What happens in the demonstration, step by step.

use super::Stage;
use super::person::{Person, within};
use crate::failure::{Exit, Failure, Outcome};
use crate::text::demo as text;
use lacre::{Event, Item, ItemBody, MessageId, RoomId};
use std::time::Instant;

/// How many messages Bruno misses.
const MISSED: usize = 20;

/// The people and what they said.
pub(super) struct Story {
    pub(super) ana: Person,
    pub(super) bruno: Person,
    pub(super) clara: Person,
    /// The direct room of Ana and Bruno, then the group.
    pub(super) rooms: Vec<RoomId>,
    /// Everything that was ever written, also what was corrected since.
    pub(super) texts: Vec<String>,
}

impl Story {
    /// Three people sign up.
    pub(super) async fn begin(stage: &Stage, address: &str) -> Outcome<Self> {
        let began = Instant::now();
        let mut story = Self {
            ana: Person::sign_up(stage, address, "Ana", "ana-duarte").await?,
            bruno: Person::sign_up(stage, address, "Bruno", "bruno-lima").await?,
            clara: Person::sign_up(stage, address, "Clara", "clara-nunes").await?,
            rooms: Vec::new(),
            texts: Vec::new(),
        };
        story.texts.push(text::room());
        stage.step(&text::signed_up("Ana, Bruno, Clara"), began)?;
        Ok(story)
    }

    /// Plays it through.
    pub(super) async fn play(&mut self, stage: &Stage) -> Outcome {
        self.alone(stage).await?;
        let group = self.gather(stage).await?;
        let message = self.talk(stage, group).await?;
        self.amend(stage, group, message).await?;
        self.miss(stage, group).await?;
        self.part(stage, group).await
    }

    /// Closes the clients.
    pub(super) async fn end(&mut self) {
        for person in [&mut self.ana, &mut self.bruno, &mut self.clara] {
            person.disconnect().await;
        }
    }

    fn say(&mut self, text: String) -> String {
        self.texts.push(text.clone());
        text
    }

    /// Ana writes to Bruno alone.
    async fn alone(&mut self, stage: &Stage) -> Outcome {
        let secret = self.say(text::secret());
        let direct = within(
            "a direct room",
            self.ana.name,
            self.ana.client()?.direct(self.bruno.handle),
        )
        .await?;
        self.rooms.push(direct.id());
        let began = Instant::now();
        self.ana.says(direct.id(), &secret).await?;
        self.bruno.until_reads(&secret).await?;
        stage.step(&text::direct(self.ana.name, self.bruno.name), began)
    }

    /// Ana opens the group.
    async fn gather(&mut self, stage: &Stage) -> Outcome<RoomId> {
        let began = Instant::now();
        let people = [self.bruno.handle, self.clara.handle];
        let group = within(
            "a group",
            self.ana.name,
            self.ana.client()?.create_group(&text::room(), &people),
        )
        .await?
        .id();
        self.rooms.push(group);
        self.bruno.until_in(group).await?;
        self.clara.until_in(group).await?;
        stage.step(&text::group(3, text::room()), began)?;
        Ok(group)
    }

    /// Everybody writes, everybody reads. Returns the message with the mistake.
    async fn talk(&mut self, stage: &Stage, group: RoomId) -> Outcome<MessageId> {
        let began = Instant::now();
        let (question, answer, mistake) = (
            self.say(text::question()),
            self.say(text::answer()),
            self.say(text::mistake()),
        );
        self.ana.says(group, &question).await?;
        self.bruno.until_reads(&question).await?;
        self.clara.until_reads(&question).await?;
        self.bruno.says(group, &answer).await?;
        self.ana.until_reads(&answer).await?;
        self.clara.until_reads(&answer).await?;
        let message = self.clara.says(group, &mistake).await?;
        self.ana.until_reads(&mistake).await?;
        self.bruno.until_reads(&mistake).await?;
        stage.step(&text::talked(3), began)?;
        Ok(message)
    }

    /// Clara corrects her message, Ana reacts to it.
    async fn amend(&mut self, stage: &Stage, group: RoomId, message: MessageId) -> Outcome {
        let began = Instant::now();
        let correction = self.say(text::correction());
        self.clara.room(group)?.edit(message, &correction).await?;
        for person in [&mut self.ana, &mut self.bruno] {
            person
                .until_changed(&correction, |message| {
                    message.text() == correction && message.item().edited
                })
                .await?;
        }
        stage.step(&text::edited(self.clara.name), began)?;

        let began = Instant::now();
        self.ana.room(group)?.react(message, "👍").await?;
        for person in [&mut self.bruno, &mut self.clara] {
            person
                .until_changed("👍", |changed| {
                    changed.id() == message && !changed.item().reactions.is_empty()
                })
                .await?;
        }
        stage.step(&text::reacted(self.ana.name), began)
    }

    /// Bruno is away, the others go on; he comes back and reads all of it.
    async fn miss(&mut self, stage: &Stage, group: RoomId) -> Outcome {
        let began = Instant::now();
        self.bruno.disconnect().await;
        stage.step(&text::went_offline(self.bruno.name), began)?;

        let began = Instant::now();
        let missed: Vec<String> = (1..=MISSED)
            .map(|number| self.say(text::chatter(number)))
            .collect();
        for (index, words) in missed.iter().enumerate() {
            let person = if index % 2 == 0 {
                &self.ana
            } else {
                &self.clara
            };
            person.says(group, words).await?;
        }
        stage.step(&text::missed(MISSED), began)?;

        let began = Instant::now();
        self.bruno.connect().await?;
        for words in &missed {
            // In order: a message that came before its turn would have been dropped while waiting.
            self.bruno.until_reads(words).await?;
        }
        let read = self.items(group, &self.bruno).await?;
        let read: Vec<_> = read
            .iter()
            .rev()
            .take(MISSED)
            .rev()
            .map(super::columns::words)
            .collect();
        if read != missed {
            return Err(wrong("missed messages are not in order"));
        }
        stage.step(&text::caught_up(self.bruno.name, MISSED), began)
    }

    /// Clara is removed and stays online; what follows is not for her.
    async fn part(&mut self, stage: &Stage, group: RoomId) -> Outcome {
        let began = Instant::now();
        let clara = self.clara.client()?.me().account;
        within(
            "a removal",
            self.ana.name,
            self.ana.room(group)?.remove(clara),
        )
        .await?;
        let removed = |event: &Event| {
            matches!(event, Event::RoomRemoved { room, left: false, .. } if *room == group)
                .then_some(())
        };
        self.clara.until("the removal", removed).await?;
        stage.step(&text::removed(self.clara.name), began)?;

        let began = Instant::now();
        let (last, apology) = (self.say(text::last()), self.say(text::apology()));
        self.ana.says(group, &last).await?;
        self.bruno.until_reads(&last).await?;
        // A later message reaches Clara, so she is online; the one before it did not.
        let direct = within(
            "a direct room",
            self.ana.name,
            self.ana.client()?.direct(self.clara.handle),
        )
        .await?;
        self.rooms.push(direct.id());
        self.ana.says(direct.id(), &apology).await?;
        self.clara.until_reads(&apology).await?;
        let read = self.items(group, &self.clara).await?;
        if read.iter().any(|item| super::columns::words(item) == last) {
            return Err(wrong("a removed person read on"));
        }
        stage.step(&text::cannot_read(self.clara.name), began)
    }

    /// What a person reads in a room, oldest first.
    pub(super) async fn items(&self, room: RoomId, person: &Person) -> Outcome<Vec<Item>> {
        let timeline = person.room(room)?.timeline().await?;
        let mut items = timeline.snapshot();
        // What happened to the room was not said, and is not in an envelope.
        items.retain(|item| !matches!(item.body, ItemBody::Notice(_)));
        Ok(items)
    }
}

fn wrong(what: &str) -> Failure {
    Failure::new("DemoWrong", text::wrong(what), Exit::Failed)
}
