use cryptopocket::users::{CreatedCompany, CreatedCustomer, Customer};
use cryptopocket::{Personal, Secret};

use super::json::{KycView, VerifiedView};
use crate::output::{Cell, Shown, View, cell};

fn full_name(customer: &Customer) -> String {
    let parts = [&customer.name, &customer.last_name];
    let parts: Vec<_> = parts
        .into_iter()
        .filter_map(|part| part.borrowed().map(Personal::reveal).shown())
        .collect();
    parts.join(" ")
}

impl View for Customer {
    const COLUMNS: &'static [&'static str] = &[
        "customer",
        "name",
        "e-mail",
        "country",
        "identity check",
        "external id",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            cell("customer", Some(&self.id)),
            cell("name", Some(full_name(self))),
            cell("e-mail", self.email.borrowed().map(Personal::reveal)),
            cell("country", &self.country),
            cell("identity check", &self.kyc_status),
            cell("external id", &self.external_id),
            cell("uuid", &self.uuid),
            cell("created", self.created_at),
        ]
    }
}

impl View for CreatedCustomer {
    fn cells(&self) -> Vec<Cell> {
        vec![
            cell("customer", Some(&self.id)),
            cell("next", Some("the customer proves their identity on this page")),
            cell("page", self.kyc_form_url.borrowed().map(Secret::expose)),
        ]
    }
}

impl View for CreatedCompany {
    fn cells(&self) -> Vec<Cell> {
        let next = "the company proves its identity on this page, within 90 days";
        vec![
            cell("company", Some(&self.id)),
            cell("uuid", &self.uuid),
            cell("next", Some(next)),
            cell("page", self.kyb_link.borrowed().map(Secret::expose)),
            cell("password", self.password.borrowed().map(Secret::expose)),
        ]
    }
}

impl View for VerifiedView {
    fn cells(&self) -> Vec<Cell> {
        let created = &self.0;
        vec![
            cell("customer", Some(&created.id)),
            cell("uuid", &created.uuid),
            cell("identity check", &created.kyc_status),
            cell("decision", Some(created.decision().as_str())),
        ]
    }
}

impl View for KycView {
    fn cells(&self) -> Vec<Cell> {
        let check = &self.0;
        vec![
            cell("customer", Some(&check.user_id)),
            cell("identity check", Some(&check.kyc_status)),
            cell("decision", Some(check.decision().as_str())),
        ]
    }
}
