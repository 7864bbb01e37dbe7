//! What a page leaves out when it is printed.

use maud::{Markup, html};

use crate::result::ResultDocument;

/// Owners of figures, the system among them, up to which a page is printed whole.
const MOST_OWNERS: usize = 3;

/// A part of a run's page that is left out on paper if there are many organizations.
pub fn unless_long(document: &ResultDocument, content: Markup) -> Markup {
    if document.figures.len() > MOST_OWNERS { off_paper(content) } else { content }
}

/// A part that is left out on paper, with a note that stands there instead.
pub fn off_paper(content: Markup) -> Markup {
    html! {
        div.off-paper { (content) }
        p.paper-note { "Left out to keep the printed page short. The page itself shows this part." }
    }
}
