//! The dependency graph, as cargo tells it.

use crate::tree::root;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

pub(crate) fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

pub(crate) fn metadata(arguments: &[&str]) -> Value {
    let command = [
        &["metadata", "--locked", "--format-version", "1"],
        arguments,
    ]
    .concat();
    serde_json::from_str(&cargo(&command)).unwrap()
}

/// The packages of this machine, with the features of all targets united.
pub(crate) static GRAPH: LazyLock<Graph> = LazyLock::new(Graph::read);

pub(crate) struct Graph {
    /// Members with every dependency that their manifests name, of any kind.
    pub(crate) members: BTreeMap<String, BTreeSet<String>>,
    pub(crate) manifests: BTreeMap<String, PathBuf>,
    /// Package ids to names.
    names: BTreeMap<String, String>,
    /// Package ids to the ids they link: normal and build dependencies.
    links: BTreeMap<String, Vec<String>>,
    features: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    fn read() -> Self {
        let host = Command::new("rustc")
            .arg("-vV")
            .current_dir(root())
            .output()
            .unwrap();
        let host = String::from_utf8(host.stdout).unwrap();
        let host = host
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .unwrap();
        let data = metadata(&["--filter-platform", host]);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let list = |value: &Value| value.as_array().unwrap().clone();
        let ids: BTreeSet<_> = list(&data["workspace_members"]).iter().map(text).collect();
        let packages = list(&data["packages"]);
        let inside = packages
            .iter()
            .filter(|package| ids.contains(&text(&package["id"])));
        let members = inside.clone().map(|package| {
            let named = list(&package["dependencies"])
                .iter()
                .map(|one| text(&one["name"]))
                .collect();
            (text(&package["name"]), named)
        });
        let manifests = inside.clone().map(|package| {
            (
                text(&package["name"]),
                text(&package["manifest_path"]).into(),
            )
        });
        let nodes = list(&data["resolve"]["nodes"]);
        let links = nodes.iter().map(|node| {
            let linked = list(&node["deps"]).into_iter().filter(|dependency| {
                // A dev-dependency has the kind "dev", a normal one null.
                list(&dependency["dep_kinds"])
                    .iter()
                    .any(|kind| kind["kind"] != "dev")
            });
            (
                text(&node["id"]),
                linked.map(|dependency| text(&dependency["pkg"])).collect(),
            )
        });
        let names: BTreeMap<_, _> = packages
            .iter()
            .map(|package| (text(&package["id"]), text(&package["name"])))
            .collect();
        let features = nodes.iter().map(|node| {
            let set = list(&node["features"]).iter().map(text).collect();
            (names[&text(&node["id"])].clone(), set)
        });
        Self {
            members: members.collect(),
            manifests: manifests.collect(),
            links: links.collect(),
            features: features.collect(),
            names,
        }
    }

    /// Every workspace member that a member names, itself or through others, of any kind.
    pub(crate) fn declared(&self, member: &str) -> BTreeSet<&str> {
        let (mut seen, mut open) = (BTreeSet::new(), vec![member]);
        while let Some(next) = open.pop() {
            for dependency in self.members.get(next).into_iter().flatten() {
                if self.members.contains_key(dependency) && seen.insert(dependency.as_str()) {
                    open.push(dependency);
                }
            }
        }
        seen
    }

    /// The names of everything that is linked into a member, or builds it.
    pub(crate) fn reached(&self, member: &str) -> BTreeSet<&str> {
        let start = self
            .names
            .iter()
            .find(|(_, name)| *name == member)
            .unwrap()
            .0;
        let (mut seen, mut open) = (BTreeSet::from([start]), vec![start]);
        while let Some(next) = open.pop() {
            for linked in &self.links[next] {
                if seen.insert(linked) {
                    open.push(linked);
                }
            }
        }
        seen.into_iter().map(|id| self.names[id].as_str()).collect()
    }

    pub(crate) fn features(&self, package: &str) -> &BTreeSet<String> {
        &self.features[package]
    }
}
