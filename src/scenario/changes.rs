//! Changes of several places of a tree together, as a variant or a program makes them.

use super::certain::{drop_removed, renumbered, settle};
use super::context::Context;
use super::diagnostic::Diagnostic;
use super::edit::Edit;
use super::same::clashes;
use super::tree::Node;

/// The tree with all changes: removals first, then whole entries before what is inside them. Numbers of elements count the elements of
/// the file, whatever is removed. `None` if a change is wrong, which is reported to `context`.
pub(super) fn changed(context: &Context, root: &Node, removals: &[Edit], settings: &mut [Edit]) -> Option<Node> {
    let before = context.errors();
    refuse_twice(context, root, removals);
    refuse_twice(context, root, settings);
    settings.sort_by_key(Edit::depth);
    let edits = || removals.iter().chain(settings.iter());
    let mut tree = root.clone();
    settle(&mut tree, edits().map(|edit| edit.path));
    edits().for_each(|edit| edit.apply(context, &mut tree));
    settle(&mut tree, edits().map(|edit| edit.path));
    refuse_renumbered(context, &tree);
    drop_removed(&mut tree);
    (context.errors() == before).then_some(tree)
}

/// Reports places that are changed twice, under one name or two.
fn refuse_twice(context: &Context, root: &Node, edits: &[Edit]) {
    for clash in clashes(root, edits.iter().map(|edit| edit.path)).filter(|clash| clash.same) {
        let (first, second) = (&edits[clash.first], &edits[clash.second]);
        let title = match first.path == second.path {
            true => format!("`{}` is given twice", second.path),
            false => format!("`{}` and `{}` refer to the same value", first.path, second.path),
        };
        let hint = format!("line {} already changes it", context.line(&first.span));
        context.report(Diagnostic::error(second.span.clone(), second.path, title, "must be given once", hint));
    }
}

/// Reports uncertain inputs whose keys would mean other entries, since some in front of them are removed.
fn refuse_renumbered(context: &Context, tree: &Node) {
    for key in renumbered(tree) {
        let written = context.source.quote(&key.span);
        let written = written.trim_matches(['"', '\'']);
        context.report(Diagnostic::error(
            key.span.clone(),
            written,
            format!("`{written}` would mean another entry, because one in front of it is removed"),
            "must not count entries that a variant or a change removes",
            "use the name of the entry if it has one, or move it in front of the entry that is removed",
        ));
    }
}
