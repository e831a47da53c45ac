use cryptopocket::Personal;
use cryptopocket::users::{CreatedCompany, CreatedCustomer, Customer};

use super::json::{KycView, VerifiedView};
use crate::output::{Line, People, Row, cell, line};

fn full_name(customer: &Customer) -> String {
    let parts = [&customer.name, &customer.last_name];
    let parts: Vec<_> = parts.into_iter().flatten().map(Personal::reveal).collect();
    parts.join(" ")
}

impl People for Customer {
    fn lines(&self) -> Vec<Line> {
        vec![
            line("customer", Some(&self.id)),
            line("name", Some(full_name(self))),
            line("e-mail", self.email.as_ref().map(Personal::reveal)),
            line("country", self.country.as_ref()),
            line("identity check", self.kyc_status.as_ref()),
            line("external id", self.external_id.as_ref()),
            line("uuid", self.uuid.as_ref()),
            line("created", self.created_at.as_ref()),
        ]
    }
}

impl Row for Customer {
    const HEADINGS: &'static [&'static str] = &[
        "CUSTOMER",
        "NAME",
        "E-MAIL",
        "COUNTRY",
        "IDENTITY CHECK",
        "EXTERNAL ID",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            full_name(self),
            cell(self.email.as_ref().map(Personal::reveal)),
            cell(self.country.as_ref()),
            cell(self.kyc_status.as_ref()),
            cell(self.external_id.as_ref()),
        ]
    }
}

impl People for CreatedCustomer {
    fn lines(&self) -> Vec<Line> {
        vec![
            line("customer", Some(&self.id)),
            line("next", Some("the customer proves their identity on this page")),
            line("page", Some(self.kyc_form_url.expose())),
        ]
    }
}

impl People for CreatedCompany {
    fn lines(&self) -> Vec<Line> {
        let next = "the company proves its identity on this page, within 90 days";
        vec![
            line("company", Some(&self.id)),
            line("uuid", Some(&self.uuid)),
            line("next", Some(next)),
            line("page", Some(self.kyb_link.expose())),
            line("password", Some(self.password.expose())),
        ]
    }
}

impl People for VerifiedView {
    fn lines(&self) -> Vec<Line> {
        let created = &self.0;
        vec![
            line("customer", Some(&created.id)),
            line("uuid", created.uuid.as_ref()),
            line("identity check", created.kyc_status.as_ref()),
            line("decision", Some(created.decision().as_str())),
        ]
    }
}

impl People for KycView {
    fn lines(&self) -> Vec<Line> {
        let check = &self.0;
        vec![
            line("customer", Some(&check.user_id)),
            line("identity check", Some(&check.kyc_status)),
            line("decision", Some(check.decision().as_str())),
        ]
    }
}
