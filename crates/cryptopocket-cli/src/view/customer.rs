use cryptopocket::users::{CreatedCompany, CreatedCustomer, Customer};
use cryptopocket::{Personal, Secret};

use super::json::{KycView, VerifiedView};
use crate::output::{Column, Line, People, Row, Shown, cell, line};

fn full_name(customer: &Customer) -> String {
    let parts = [&customer.name, &customer.last_name];
    let parts: Vec<_> = parts
        .into_iter()
        .filter_map(|part| part.borrowed().map(Personal::reveal).shown())
        .collect();
    parts.join(" ")
}

impl People for Customer {
    fn lines(&self) -> Vec<Line> {
        vec![
            line("customer", Some(&self.id)),
            line("name", Some(full_name(self))),
            line("e-mail", self.email.borrowed().map(Personal::reveal)),
            line("country", &self.country),
            line("identity check", &self.kyc_status),
            line("external id", &self.external_id),
            line("uuid", &self.uuid),
            line("created", self.created_at),
        ]
    }
}

impl Row for Customer {
    fn columns(&self) -> Vec<Column> {
        vec![
            cell("CUSTOMER", Some(&self.id)),
            ("NAME", full_name(self)),
            cell("E-MAIL", self.email.borrowed().map(Personal::reveal)),
            cell("COUNTRY", &self.country),
            cell("IDENTITY CHECK", &self.kyc_status),
            cell("EXTERNAL ID", &self.external_id),
        ]
    }
}

impl People for CreatedCustomer {
    fn lines(&self) -> Vec<Line> {
        vec![
            line("customer", Some(&self.id)),
            line("next", Some("the customer proves their identity on this page")),
            line("page", self.kyc_form_url.borrowed().map(Secret::expose)),
        ]
    }
}

impl People for CreatedCompany {
    fn lines(&self) -> Vec<Line> {
        let next = "the company proves its identity on this page, within 90 days";
        vec![
            line("company", Some(&self.id)),
            line("uuid", &self.uuid),
            line("next", Some(next)),
            line("page", self.kyb_link.borrowed().map(Secret::expose)),
            line("password", self.password.borrowed().map(Secret::expose)),
        ]
    }
}

impl People for VerifiedView {
    fn lines(&self) -> Vec<Line> {
        let created = &self.0;
        vec![
            line("customer", Some(&created.id)),
            line("uuid", &created.uuid),
            line("identity check", &created.kyc_status),
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
