//! Finding what was said: on each device by itself, without the relay.

use lacre::{ItemBody, Search, SearchKind};
use lacre_tests::device::Device;
use lacre_tests::world::World;

async fn found(device: &Device, search: Search) -> Vec<String> {
    let hits = device.client().search(search).await.unwrap();
    hits.into_iter().map(|hit| hit.text).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_finds_what_everybody_said() {
    let mut world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let group = ana.group("Álgebra", &[&bruno]).await;
    let direct = bruno.direct(&ana).await;
    ana.enters(direct).await;
    let mistake = ana.says(group, "A solução é quarenta e dois").await;
    // Newest first is in the order in which a device came to know: here the same one for both.
    bruno.sees(group, &[mistake]).await;
    let link = "qual solução? veja https://example.org/solucoes";
    let link = bruno.says(group, link).await;
    ana.sees(group, &[link]).await;
    let last = bruno.says(direct, "a solução, só entre nós").await;
    ana.sees(direct, &[last]).await;
    // Nobody else is asked.
    world.relay.stop().await;
    for device in [&ana, &bruno] {
        let all = found(device, Search::words("SOLUCAO")).await;
        assert_eq!(all.len(), 3, "{}: {all:?}", device.name());
        assert_eq!(all[0], "a solução, só entre nós");
        let from = Some(bruno.account());
        let from_bruno = Search {
            from,
            ..Search::words("solu")
        };
        assert_eq!(
            found(device, from_bruno).await.len(),
            2,
            "{}",
            device.name()
        );
        let links = Search {
            kind: Some(SearchKind::Link),
            ..Search::default()
        };
        assert_eq!(found(device, links).await.len(), 1, "{}", device.name());
        let here = device.room(group).search("solução").await.unwrap();
        assert_eq!(here.len(), 2, "{}", device.name());
        let hit = &here[0];
        assert_eq!(hit.message.id(), link);
        assert_eq!(&hit.text[hit.matches[0].clone()], "solução");
        assert_eq!(hit.snippet(10).text.chars().last(), Some('…'));
    }
    world.relay.start().await;
    ana.edits(group, mistake, "A resposta é quarenta e dois")
        .await;
    bruno.reads(group, "A resposta é quarenta e dois").await;
    for device in [&ana, &bruno] {
        assert_eq!(found(device, Search::words("solução")).await.len(), 2);
        assert_eq!(found(device, Search::words("resposta")).await.len(), 1);
    }
    ana.deletes(group, mistake).await;
    bruno
        .until("the deletion", |told| {
            told.items[&group]
                .get(&mistake)
                .is_some_and(|item| item.body == lacre::ItemBody::Deleted)
        })
        .await;
    for device in [&ana, &bruno] {
        assert!(found(device, Search::words("quarenta")).await.is_empty());
    }
    bruno.restart().await;
    assert_eq!(found(&bruno, Search::words("entre nós")).await.len(), 1);
    world.check(&mut [&mut ana, &mut bruno]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn polls_are_found_and_earlier_versions_are_not() {
    let world = World::start().await;
    let [mut ana, mut bruno] = world.people(["ana", "bruno"]).await;
    let room = ana.group("Álgebra", &[&bruno]).await;
    let asked = ana
        .room(room)
        .poll(
            "Quando **estudamos**?",
            &["segunda", "terça à tarde"],
            false,
        )
        .await
        .unwrap()
        .message_id();
    let said = ana.says(room, "primeiro rascunho, um segredo").await;
    bruno.sees(room, &[asked, said]).await;
    bruno.room(room).vote(asked, &[1]).await.unwrap();
    ana.until("the vote", |told| {
        told.items[&room].get(&asked).is_some_and(
            |item| matches!(&item.body, ItemBody::Poll(poll) if !poll.options[1].votes.is_empty()),
        )
    })
    .await;
    let text = "Quando **estudamos**?\nsegunda\nterça à tarde";
    for device in [&ana, &bruno] {
        for words in ["estudamos", "terca tarde", "quando segunda"] {
            assert_eq!(found(device, Search::words(words)).await, [text]);
        }
        let polls = Search {
            room: Some(room),
            kind: Some(SearchKind::Poll),
            ..Search::default()
        };
        let hits = device.client().search(polls).await.unwrap();
        let ItemBody::Poll(poll) = hits[0].message.body() else {
            panic!("no poll: {hits:?}");
        };
        assert_eq!(poll.options[1].votes, [bruno.account()], "as it stands now");
    }
    // One version after the other: only the newest is found, also after a restart.
    ana.edits(room, said, "segundo rascunho, um segredo").await;
    ana.edits(room, said, "última versão").await;
    bruno.reads(room, "última versão").await;
    ana.reads(room, "última versão").await;
    bruno.restart().await;
    for device in [&ana, &bruno] {
        for words in ["primeiro", "segundo", "rascunho", "segredo"] {
            let none = found(device, Search::words(words)).await;
            assert!(none.is_empty(), "{words} of {}: {none:?}", device.name());
        }
        assert_eq!(found(device, Search::words("versao")).await.len(), 1);
    }
    ana.deletes(room, asked).await;
    bruno
        .until("the deletion", |told| {
            told.items[&room]
                .get(&asked)
                .is_some_and(|item| item.body == ItemBody::Deleted)
        })
        .await;
    for device in [&ana, &bruno] {
        assert!(found(device, Search::words("segunda")).await.is_empty());
    }
    world.check(&mut [&mut ana, &mut bruno]).await;
}
