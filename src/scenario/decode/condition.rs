//! `when` and `unless` of clauses: the events and bubbles that they may name.

use super::super::clauses::{Condition, Trigger};
use super::super::item::{Fields, Item};
use super::super::model::{Bubble, Event};
use super::super::names::Names;
use super::super::source::shown;
use super::super::spelling::nearest;

/// What a condition calls the bubble of an organization, and that of the system.
const BUBBLE: &str = "bubble";
const SYSTEM_BUBBLE: &str = "system_bubble";

/// What conditions can refer to. Where something could not be read it is `None`, and what depends on it is not checked.
pub(super) struct Happenings<'a> {
    pub organization_names: &'a Names,
    pub event_names: &'a Names,
    pub events: &'a [Option<Event>],
    /// `None` without the section, `Some(None)` where it could not be read.
    pub bubble: Option<Option<&'a Bubble>>,
}

/// Refuses events that bear the name of a bubble.
pub(super) fn refuse_reserved(event: &Fields) {
    let Some(name) = event.peek("name").filter(|name| [BUBBLE, SYSTEM_BUBBLE].contains(name)) else { return };
    if let Some(item) = event.optional("name") {
        let hint =
            format!("conditions use `{BUBBLE}` for an organization's bubble and `{SYSTEM_BUBBLE}` for the system's");
        item.fail(format!("the name `{name}` is reserved"), "must be another name", hint);
    }
}

impl Happenings<'_> {
    /// The condition of a clause of an organization, which is `None` where it could not be read.
    pub(super) fn condition(&self, fields: &Fields, organization: Option<usize>) -> Option<Condition> {
        match (fields.optional("when"), fields.optional("unless")) {
            (None, None) => Some(Condition::Always),
            (Some(item), None) => self.trigger(&item, organization).map(Condition::When),
            (None, Some(item)) => self.trigger(&item, organization).map(Condition::Unless),
            (Some(when), Some(unless)) => {
                let hint = "`when` holds once the event has happened, `unless` until it happens";
                unless.fail("both `when` and `unless` are given", "must be one of `when` and `unless`", hint);
                self.trigger(&when, organization);
                self.trigger(&unless, organization);
                None
            }
        }
    }

    fn trigger(&self, item: &Item, own: Option<usize>) -> Option<Trigger> {
        let written = item.text(
            "the event or bubble to wait for: \"NAME\", \"ORGANIZATION/NAME\", \"bubble\" or \"system_bubble\"",
        )?;
        let Some((organization, name)) = written.split_once('/') else {
            return match written {
                SYSTEM_BUBBLE => self.system_bubble(item),
                name => self.of_organization(item, name, own),
            };
        };
        let organization = self.organization_names.find_text(item, organization)?;
        if name == SYSTEM_BUBBLE {
            let title = format!("`{}` names the system's bubble as one organization's", item.subject);
            item.fail(title, format!("must be \"{SYSTEM_BUBBLE}\""), "the system has one bubble");
            return None;
        }
        self.of_organization(item, name, Some(organization))
    }

    /// An event or the bubble of an organization.
    fn of_organization(&self, item: &Item, name: &str, organization: Option<usize>) -> Option<Trigger> {
        if name == BUBBLE {
            return self.bubble(item, organization);
        }
        let Some(event) = self.event_names.place(name) else {
            self.unknown(item, organization);
            return None;
        };
        let organization = organization?;
        match self.events[event].as_ref()?.organization {
            Some(owner) if owner != organization => {
                let (owner, here) = (self.organization_names.name(owner), self.organization_names.name(organization));
                let title = format!("`{}` names `{name}`, which is not an event of `{here}`", item.subject);
                let hint = format!("it is watched for `{owner}` alone; write \"{owner}/{name}\" to wait for it");
                item.fail(title, format!("must be an event of `{here}`"), hint);
                None
            }
            _ => Some(Trigger::Event { event, organization }),
        }
    }

    fn bubble(&self, item: &Item, organization: Option<usize>) -> Option<Trigger> {
        let bubble = self.section(item)?;
        let organization = organization?;
        let concerns = |&event: &usize| match &self.events[event] {
            Some(event) => event.organization.is_none_or(|owner| owner == organization),
            None => true,
        };
        if bubble.events.iter().any(concerns) {
            return Some(Trigger::Bubble { organization });
        }
        let name = self.organization_names.name(organization);
        let title = format!("`{}` names the bubble of `{name}`, which never bursts", item.subject);
        let hint = format!("none of the bubble's events is watched for `{name}`");
        item.fail(title, "must be a bubble that can burst", hint);
        None
    }

    fn system_bubble(&self, item: &Item) -> Option<Trigger> {
        self.section(item).map(|_| Trigger::SystemBubble)
    }

    /// The file's bubble, which must be there.
    fn section(&self, item: &Item) -> Option<&Bubble> {
        if self.bubble.is_none() {
            let title = format!("`{}` names a bubble, but the file has none", item.subject);
            item.fail(title, "needs [bubble]", "add [bubble] with the events at which it bursts");
        }
        self.bubble?
    }

    /// Says which name was meant, or which there are.
    fn unknown(&self, item: &Item, own: Option<usize>) {
        let written = item.text("the name of an event").unwrap_or_default();
        let known = self.known(own);
        let hint = match nearest(item.context, written, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => self.event_names.hint(item.context, ""),
        };
        let title = format!("`{}` names the unknown event `{}`", item.subject, shown(written));
        item.fail(title, "must be a known event or bubble", hint);
    }

    /// All names that a condition of an organization can give: its own events, and those of all by their organization.
    fn known(&self, own: Option<usize>) -> Vec<String> {
        let mut known = Vec::new();
        let organizations = || 0..self.organization_names.len();
        let of = |organization: usize, name: &str| format!("{}/{name}", self.organization_names.name(organization));
        for (place, event) in self.events.iter().enumerate() {
            let name = self.event_names.name(place);
            let owner = event.as_ref().and_then(|event| event.organization);
            if owner.is_none() || owner == own {
                known.push(name.to_owned());
            }
            let watching = organizations().filter(|&one| owner.is_none_or(|owner| owner == one));
            known.extend(watching.map(|one| of(one, name)));
        }
        if self.bubble.is_some() {
            known.extend([BUBBLE.to_owned(), SYSTEM_BUBBLE.to_owned()]);
            known.extend(organizations().map(|one| of(one, BUBBLE)));
        }
        known
    }
}
