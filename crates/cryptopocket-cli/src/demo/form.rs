//! The one form of a page, as a browser would send it.

/// Fields in their order, with the values that they begin with.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    fields: Vec<(String, String)>,
    buttons: Vec<(String, String)>,
}

impl Form {
    /// Reads the first form of a page. Enough for plain pages: attributes in double quotes, no script.
    pub(super) fn of(html: &str) -> Option<Self> {
        let form = html.split_once("<form")?.1.split_once("</form>")?.0;
        let mut read = Self::default();
        let mut choice: Option<(String, Option<String>)> = None;
        for tag in form.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap_or(tag);
            let (name, value) = (attribute(tag, "name"), attribute(tag, "value"));
            match (tag.split(' ').next().unwrap_or(tag), name) {
                ("input", Some(name)) => match attribute(tag, "type").as_deref() {
                    Some("radio" | "checkbox") if !has(tag, "checked") => {}
                    _ => read.fields.push((name, value.unwrap_or_default())),
                },
                ("button", Some(name)) => read.buttons.push((name, value.unwrap_or_default())),
                ("select", Some(name)) => choice = Some((name, None)),
                ("option", _) => {
                    if let (Some((_, chosen)), Some(value)) = (&mut choice, value) {
                        // A browser takes the first option unless another is marked.
                        if chosen.is_none() || has(tag, "selected") {
                            *chosen = Some(value);
                        }
                    }
                }
                ("/select", _) => {
                    if let Some((name, chosen)) = choice.take() {
                        read.fields.push((name, chosen.unwrap_or_default()));
                    }
                }
                _ => {}
            }
        }
        Some(read)
    }

    /// Fills a field in; says whether the page has it.
    pub(super) fn fill(&mut self, name: &str, value: &str) -> bool {
        let field = self.fields.iter_mut().find(|(known, _)| known == name);
        field.map(|(_, old)| value.clone_into(old)).is_some()
    }

    /// What is sent when the first button is pressed.
    pub(super) fn submitted(mut self) -> Vec<(String, String)> {
        self.fields.extend(self.buttons.into_iter().take(1));
        self.fields
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split_once(&format!(" {name}=\""))?.1.split_once('"')?.0;
    Some(
        value
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&amp;", "&"),
    )
}

fn has(tag: &str, flag: &str) -> bool {
    tag.split(' ').any(|word| word == flag)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<p><form method=\"post\"><select name=\"kind\"><option value=\"a\">A</option>\
        <option value=\"b\" selected>B</option></select><label for=\"full_name\">Name</label>\
        <input id=\"full_name\" name=\"full_name\" type=\"text\" required>\
        <input type=\"radio\" name=\"review\" value=\"approve\" checked><input type=\"radio\" name=\"review\" value=\"reject\">\
        <button type=\"submit\" name=\"action\" value=\"pay\">Pay</button>\
        <button type=\"submit\" name=\"action\" value=\"fail\">Fail</button></form>";

    #[test]
    fn a_form_is_sent_as_a_browser_would_send_it() {
        let mut form = Form::of(PAGE).unwrap();
        assert!(form.fill("full_name", "Ana"));
        assert!(!form.fill("wallet", "0x1"));
        let sent: Vec<_> = form
            .submitted()
            .into_iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(sent, ["kind=b", "full_name=Ana", "review=approve", "action=pay"]);
    }

    #[test]
    fn a_page_without_a_form_has_none() {
        assert_eq!(Form::of("<p>Thank you</p>"), None);
    }
}
