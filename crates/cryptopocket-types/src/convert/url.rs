//! `url`: links of replies, which are secrets because they grant access.

use url::Url;

use crate::{ParseError, Secret};

const NOT_A_LINK: ParseError = ParseError::new("url", "not an absolute URL", "use the text as it is");

crate::from! {
    Url => Secret, |url| Self::from(String::from(url));
}

crate::traits::try_from! {
    /// Parses the link. The URL prints in Debug and Display: do not log it.
    &Secret => Url, |link| link.expose().parse().map_err(|_| NOT_A_LINK);
}

#[cfg(test)]
mod tests {
    use super::{Secret, Url};

    #[test]
    fn links_round_trip_and_other_text_is_refused() {
        let link = Secret::from("https://pay.example/x?token=1");
        let url = Url::try_from(&link).unwrap();
        assert_eq!(url.host_str(), Some("pay.example"));
        assert_eq!(Secret::from(url), link);
        assert!(Url::try_from(&Secret::from("pay.example")).is_err());
    }
}
