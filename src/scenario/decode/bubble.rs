//! When a bubble has burst.

use std::collections::BTreeSet;

use super::super::item::Item;
use super::super::model::{Bubble, BubbleRule, Event};
use super::super::names::Names;
use crate::scenario::item::Fields;

/// The `[bubble]`; events that could not be read are `None`.
pub(super) fn bubble(fields: &Fields, names: &Names, events: &[Option<Event>], organizations: usize) -> Option<Bubble> {
    let (any, all) = (fields.optional("any"), fields.optional("all"));
    let meaning = "the number of organizations whose bubbles must burst for the system's to burst";
    let most = i64::try_from(organizations).unwrap_or(i64::MAX).max(1);
    let count_item = fields.optional("organizations");
    let count = count_item.as_ref().map_or(Some(1), |item| item.whole(1..=most, meaning));
    fields.finish();
    if names.len() == 0 {
        let hint = "add an [[event]], or leave [bubble] out";
        fields.fail("a bubble needs an event, but the file has none", "needs at least one [[event]]", hint);
        return None;
    }
    let (chosen, rule) = match (any, all) {
        (Some(_), Some(item)) => {
            let hint = "with `any`, the bubble bursts at the first of its events; with `all`, at the last";
            item.fail("both `any` and `all` are given", "must be one of `any` and `all`", hint);
            return None;
        }
        (Some(item), None) => (chosen(&item, names)?, BubbleRule::Any),
        (None, Some(item)) => (chosen(&item, names)?, BubbleRule::All),
        (None, None) => ((0..names.len()).collect(), BubbleRule::Any),
    };
    let count = count?;
    let can_burst = bursting(&chosen, events, organizations)?;
    if (can_burst as i64) < count {
        let title = format!(
            "the system's bubble needs {count} organizations, but only {can_burst} can have a bubble that bursts"
        );
        let hint = "an event with an `organization` applies to that organization only";
        let label = format!("must be at most {can_burst}");
        count_item.map_or_else(|| fields.fail(&title, &label, hint), |item| item.fail(&title, &label, hint));
        return None;
    }
    Some(Bubble { events: chosen, rule, organizations: u32::try_from(count).ok()? })
}

fn chosen(item: &Item, names: &Names) -> Option<Vec<usize>> {
    let elements = item.list(names.len().max(64), "an array of names of events")?;
    if elements.is_empty() {
        let hint = "remove the key to use all events";
        item.fail(format!("`{}` names no event", item.subject), "must name at least one", hint);
        return None;
    }
    let mut seen = BTreeSet::new();
    let mut valid = true;
    let mut places = Vec::new();
    for element in &elements {
        let Some(place) = names.find(element) else {
            valid = false;
            continue;
        };
        if !seen.insert(place) {
            let title = format!("`{}` is named twice", names.name(place));
            element.fail(title, "must be named once", "remove one of them");
            valid = false;
        }
        places.push(place);
    }
    valid.then_some(places)
}

/// How many organizations' bubbles can burst at all: those that one of the events concerns. The others have no events
/// of their own to wait for.
fn bursting(chosen: &[usize], events: &[Option<Event>], organizations: usize) -> Option<usize> {
    let owners: Option<Vec<Option<usize>>> =
        chosen.iter().map(|&place| events[place].as_ref().map(|event| event.organization)).collect();
    let owners = owners?;
    let concerned = |organization: &usize| owners.iter().any(|owner| owner.is_none_or(|owner| owner == *organization));
    Some((0..organizations).filter(concerned).count())
}
