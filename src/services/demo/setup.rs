//! The sample bank before its first day: organisations, users with their roles, people, shops, the scheme. Created
//! through the use cases that the API calls.

use super::Plan;
use super::orgs::{OrgLevel, OrgPlan, upward};
use super::people::{Gender, PersonPlan, StaffPlan};
use super::shops::ShopPlan;
use crate::auth::passwords::Password;
use crate::auth::permissions::{Actor, Grant, Role};
use crate::domain::id::{BankId, Id};
use crate::domain::life_cycles::APPROVE_SCHEME;
use crate::domain::people::id_document::IdDocument;
use crate::domain::people::phone::Phone;
use crate::domain::points::scheme::sample;
use crate::domain::refusal::Refusal;
use crate::domain::settlement::payable::RateFen;
use crate::domain::settlement::statement::SettlementModel;
use crate::services::access::founding::FoundingAsk;
use crate::services::access::roles::{RoleAsk, UserAsk};
use crate::services::access::sign_in::Origin;
use crate::services::people::counter::{MemberAsk, OrgRow};
use crate::services::people::orgs::OrgAsk;
use crate::services::points::schemes::SchemeVersionRow;
use crate::services::shops::merchants::{MerchantAsk, OfferAsk};
use crate::services::step::Params;
use crate::services::{Call, Error, Services};
use crate::store::people::users::UsersWithin;
use crate::texts::{Language, Text};
use std::collections::BTreeMap;

/// The person responsible for a community, named on its certificates.
const RESPONSIBLE: &str = "赵示例";

/// The password of every user who may sign in: it is printed in the README and protects nothing.
pub const PASSWORD: &str = "try the sample bank";
/// Logins of residents for trying the bank out.
pub const VOLUNTEER: &str = "volunteer";
pub const PROXY: &str = "proxy";

/// A resident with their account.
#[derive(Clone, Debug)]
pub struct Resident {
    pub member: Id,
    pub actor: Actor,
}

/// A shop with its offers and people.
#[derive(Clone, Debug)]
pub struct Shop {
    pub merchant: Id,
    pub offers: Vec<Id>,
    pub owner: Actor,
    pub clerk: Actor,
}

/// Everything of the plan by index, with the ids it was given.
#[derive(Clone, Debug)]
pub struct Setup {
    pub bank: BankId,
    pub scheme: Id,
    pub orgs: Vec<OrgRow>,
    pub administrator: Actor,
    pub persons: Vec<Resident>,
    pub households: Vec<Id>,
    pub shops: Vec<Shop>,
    posts: BTreeMap<(Role, usize), Actor>,
}

pub(super) fn missing(what: &str) -> Error {
    Error::Fault(format!("the plan of the sample bank names a {what} that it does not have"))
}

impl Setup {
    /// Sets up the bank, which must be empty.
    pub async fn assemble(services: &Services, bank: BankId, plan: &Plan) -> Result<Self, Error> {
        let mut setup = found(services, bank, plan).await?;
        setup.open_orgs(services, plan).await?;
        for post in plan.staff.iter().filter(|post| post.shop.is_none()) {
            let actor = match post.role {
                Role::Administrator if post.org == 0 => setup.administrator.clone(),
                _ => setup.open_post(services, post, None).await?,
            };
            setup.posts.insert((post.role, post.org), actor);
        }
        setup.publish_scheme(services).await?;
        setup.open_residents(services, plan).await?;
        setup.open_shops(services, plan).await?;
        Ok(setup)
    }

    /// The holder of a role at an organisation, or at the nearest one above it that has a holder.
    pub fn post(&self, plan: &Plan, role: Role, org: usize) -> Result<Call, Error> {
        let levels = [OrgLevel::Compound, OrgLevel::Community, OrgLevel::Street, OrgLevel::District];
        let places = levels.into_iter().filter_map(|level| upward(&plan.orgs, org, level));
        let held = places.filter_map(|place| self.posts.get(&(role, place))).next();
        held.map(|actor| Call::of(actor.clone())).ok_or_else(|| missing("post"))
    }

    pub fn org(&self, place: usize) -> Result<&OrgRow, Error> {
        self.orgs.get(place).ok_or_else(|| missing("organisation"))
    }

    pub fn person(&self, place: usize) -> Result<&Resident, Error> {
        self.persons.get(place).ok_or_else(|| missing("person"))
    }

    pub fn shop(&self, place: usize) -> Result<&Shop, Error> {
        self.shops.get(place).ok_or_else(|| missing("shop"))
    }

    async fn open_orgs(&mut self, services: &Services, plan: &Plan) -> Result<(), Error> {
        let call = Call::of(self.administrator.clone());
        for org in plan.orgs.iter().skip(1) {
            let parent = self.org(org.parent.unwrap_or(0))?.id;
            let (kind, code, name) = (org.level.title().into(), org.code.clone(), org.name.clone());
            let (telephone, opening_hours) = counter(org);
            let responsible = telephone.is_some().then(|| RESPONSIBLE.to_owned());
            let ask = OrgAsk { parent, kind, code, name, telephone, opening_hours, responsible };
            self.orgs.push(services.open_org(&call, ask).await?);
        }
        Ok(())
    }

    async fn open_user(
        &self,
        services: &Services,
        ask: UserAsk,
        role: Role,
        org: &OrgRow,
    ) -> Result<Actor, Error> {
        let call = Call::of(self.administrator.clone());
        let (member, merchant) = (ask.member, ask.merchant);
        let user = services.open_user(&call, UserAsk { home: Some(org.id), ..ask }).await?;
        services.grant_role(&call, RoleAsk { user, role, org: org.id, until: None }).await?;
        let grants = vec![Grant { role, org: org.id, org_path: org.path.clone() }];
        Ok(Actor { bank: self.bank, user, session: Id::SYSTEM, member, merchant, card_edition: None, grants })
    }

    async fn open_post(
        &self,
        services: &Services,
        post: &StaffPlan,
        merchant: Option<Id>,
    ) -> Result<Actor, Error> {
        let (login, name) = (post.login.clone(), post.name.clone());
        let ask = UserAsk { login, name, merchant, ..UserAsk::default() };
        self.open_user(services, ask, post.role, self.org(post.org)?).await
    }

    async fn publish_scheme(&mut self, services: &Services) -> Result<(), Error> {
        let body = sample("jianxian").ok_or_else(|| missing("scheme"))?;
        let draft = services.draft_scheme(&Call::of(self.administrator.clone()), body.to_owned()).await?;
        let reviewer = self.posts.get(&(Role::Reviewer, 0)).ok_or_else(|| missing("reviewer"))?;
        let reviewer = Call::of(reviewer.clone());
        services.step::<SchemeVersionRow>(&reviewer, &APPROVE_SCHEME, draft.id, Params::new()).await?;
        self.scheme = draft.scheme_id;
        Ok(())
    }

    async fn open_residents(&mut self, services: &Services, plan: &Plan) -> Result<(), Error> {
        for household in &plan.households {
            let call = self.post(plan, Role::Staff, household.org)?;
            let ask = MemberAsk {
                household: true,
                name: household.name.clone(),
                number: Some(household.number.clone()),
                org: self.org(household.org)?.id,
                ..MemberAsk::default()
            };
            self.households.push(services.open_member(&call, ask).await?.id);
        }
        for person in &plan.persons {
            let call = self.post(plan, Role::Staff, person.org)?;
            let member = services.open_member(&call, self.person_ask(person)?).await?.id;
            let (login, name) = (person.number.to_lowercase(), person.name.clone());
            let ask = UserAsk { login, name, member: Some(member), ..UserAsk::default() };
            let org = self.org(person.org)?.clone();
            let actor = self.open_user(services, ask, Role::Volunteer, &org).await?;
            self.persons.push(Resident { member, actor });
        }
        Ok(())
    }

    fn person_ask(&self, person: &PersonPlan) -> Result<MemberAsk, Error> {
        let bad = |fault: Text| {
            Error::Fault(format!("sample person {}: {}", person.number, fault.say(Language::English)))
        };
        let id_number = person.id_number.as_deref().map(|number| IdDocument::read(None, number)).transpose();
        Ok(MemberAsk {
            household: false,
            name: person.name.clone(),
            number: Some(person.number.clone()),
            org: self.org(person.org)?.id,
            household_id: person.household.and_then(|place| self.households.get(place)).copied(),
            gender: Some(if person.gender == Gender::Female { "female" } else { "male" }.into()),
            birth_year: Some(person.birth_year.into()),
            party_member: person.party_member,
            trade: person.trade.map(str::to_owned),
            phone: Some(Phone::parse(&person.phone).map_err(|fault| bad(fault.text()))?),
            id_number: id_number.map_err(|fault| bad(fault.text()))?,
            confirmed_new: false,
            not_same_as: Vec::new(),
        })
    }

    async fn open_shops(&mut self, services: &Services, plan: &Plan) -> Result<(), Error> {
        for (place, shop) in plan.shops.iter().enumerate() {
            let merchant = self.open_merchant(services, shop).await?;
            let of_shop = |role| {
                let found = plan.staff.iter().find(|post| post.shop == Some(place) && post.role == role);
                found.ok_or_else(|| missing("shop's post"))
            };
            let owner = self.open_post(services, of_shop(Role::MerchantOwner)?, Some(merchant)).await?;
            let clerk = self.open_post(services, of_shop(Role::MerchantClerk)?, Some(merchant)).await?;
            let mut offers = Vec::new();
            for offer in shop.offers {
                let ask = OfferAsk {
                    merchant,
                    name: offer.name.clone(),
                    unit_points: offer.points * 100,
                    unit_cash_fen: offer.cash_fen,
                    stocked: offer.monthly.is_some(),
                    member_limit: None,
                    limit_window: None,
                    required_minutes: 0,
                };
                offers.push(services.open_offer(&Call::of(owner.clone()), ask).await?);
            }
            self.shops.push(Shop { merchant, offers, owner, clerk });
        }
        Ok(())
    }

    async fn open_merchant(&self, services: &Services, shop: &ShopPlan) -> Result<Id, Error> {
        let ask = MerchantAsk {
            name: shop.name.clone(),
            org: self.org(shop.org)?.id,
            owner_member: shop.owner.map(|place| self.person(place)).transpose()?.map(|owner| owner.member),
            model: shop.model,
            rate: match shop.model {
                SettlementModel::CommunityFund => RateFen::parse(shop.rate_fen).ok(),
                SettlementModel::DonatedGoods => None,
            },
            two_above_fen: None,
        };
        services.open_merchant(&Call::of(self.administrator.clone()), ask).await
    }

    /// Gives passwords to the plain logins and to the residents `volunteer` and `proxy`, who are named only here.
    pub async fn let_in(
        &self,
        services: &Services,
        plan: &Plan,
        (volunteer, helper): (usize, Option<usize>),
    ) -> Result<(), Error> {
        let call = Call::of(self.administrator.clone());
        let plain = plan.staff.iter().filter(|post| post.login.bytes().all(|b| b.is_ascii_alphabetic()));
        let mut logins: Vec<String> = plain.map(|post| post.login.clone()).collect();
        let person = plan.persons.get(volunteer).ok_or_else(|| missing("person"))?;
        let member = Some(self.person(volunteer)?.member);
        let helper = helper.map(|helper| self.person(helper)).transpose()?.map(|person| person.member);
        for (login, role, title, member) in
            [(VOLUNTEER, Role::Volunteer, "", member), (PROXY, Role::Proxy, "的代办人", helper)]
        {
            let name = format!("{}{title}（演示）", person.name);
            let login = login.to_owned();
            logins.push(login.clone());
            let ask = UserAsk { login, name, member, ..UserAsk::default() };
            self.open_user(services, ask, role, self.org(person.org)?).await?;
        }
        let founder = founder(plan)?;
        for login in logins.iter().filter(|login| **login != founder.login) {
            let user = services.user_by_login(&call, login).await?.user.id;
            services.set_password(&call, user, Password::new(PASSWORD)).await?;
        }
        Ok(())
    }
}

/// A user who may sign in, with [`PASSWORD`].
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LogIn {
    pub role: String,
    pub login: String,
    pub name: String,
}

/// The users with a password in a sample bank, in the order of the roles.
pub async fn log_ins(services: &Services, bank: BankId) -> Result<Vec<LogIn>, Error> {
    let found = services.store.read(bank, |tables| {
        let all = UsersWithin { everywhere: true, ..UsersWithin::default() };
        let users = tables.users_after(&all, None, i64::MAX)?;
        let mut log_ins = Vec::new();
        for user in users.into_iter().filter(|user| user.password_hash.is_some()) {
            for held in tables.held_roles(user.id)? {
                log_ins.push(LogIn { role: held.role, login: user.login.clone(), name: user.name.clone() });
            }
        }
        Ok(log_ins)
    });
    let mut log_ins = found.await?;
    log_ins.sort_by_key(|log_in| Role::ALL.iter().position(|role| role.as_str() == log_in.role));
    Ok(log_ins)
}

/// The administrator of the root, who has a password from the start.
fn founder(plan: &Plan) -> Result<&StaffPlan, Error> {
    let founder = plan.staff.iter().find(|post| post.org == 0 && post.role == Role::Administrator);
    founder.ok_or_else(|| missing("founder"))
}

/// The telephone and the hours of an organisation's counter.
fn counter(org: &OrgPlan) -> (Option<String>, Option<String>) {
    org.counter.clone().map(|(telephone, hours)| (telephone, hours.to_owned())).unzip()
}

/// The root and its administrator, by the same one-time token that `serve` prints.
async fn found(services: &Services, bank: BankId, plan: &Plan) -> Result<Setup, Error> {
    let root = plan.orgs.first().ok_or_else(|| missing("root"))?;
    let founder = founder(plan)?;
    let token = services.first_token(bank).await?.ok_or(Refusal::BankHasUsers)?;
    let ask = FoundingAsk {
        bank: None,
        token,
        bank_name: None,
        org_kind: root.level.title().to_owned(),
        org_code: root.code.clone(),
        org_name: root.name.clone(),
        org_telephone: counter(root).0,
        org_opening_hours: counter(root).1,
        login: founder.login.clone(),
        name: founder.name.clone(),
        password: Password::new(PASSWORD),
        origin: Origin::default(),
    };
    let signed_in = services.found_bank(ask).await?;
    let orgs = services.store.read(bank, |tables| tables.orgs_below(&["/".to_owned()])).await?;
    let root = orgs.first().ok_or_else(|| missing("root"))?;
    let grants = vec![Grant { role: Role::Administrator, org: root.id, org_path: root.path.clone() }];
    let administrator = Actor {
        bank,
        user: signed_in.user,
        session: Id::SYSTEM,
        member: None,
        merchant: None,
        card_edition: None,
        grants,
    };
    Ok(Setup {
        bank,
        scheme: Id::SYSTEM,
        orgs,
        administrator,
        persons: Vec::new(),
        households: Vec::new(),
        shops: Vec::new(),
        posts: BTreeMap::new(),
    })
}
