//! A kind with subresources that are written by hand, and with hooks overridden one by one.

use resourceful::errors::{Details, Status};
use resourceful::prelude::*;
use resourceful::rest::http::{Method, Request, Response, StatusCode, header};
use resourceful::rest::{
    self, ConnectBody, Created, DefaultUpdatedObjectInfo, UpdatedObjectInfo, ValidateAllObjects,
    ValidateObject, ValidateObjectUpdate,
};
use resourceful::strategy::NameRule;
use resourceful::{Error, Result};

/// A robot that can be told where to go, shows its battery, and has a shell.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "robots.example.com", version = "v1", namespaced, shortname = "bot")]
#[resource(
    strategy(validate = check_robot, name_rule = NameRule::DnsLabel, allow_unconditional_update = true),
    validation(rule = "self.spec.legs % 2 == 0", message = "robots walk on pairs of legs", field_path = ".spec.legs"),
    validation = "self.spec.legs < 100",
    subresource(name = "command", kind = Command, verbs(create)),
    subresource(name = "battery", kind = Battery, verbs(get, update)),
    subresource(name = "shell", verbs(connect)),
    subresource(name = "self-test", verbs(get)),
)]
pub struct Robot {
    /// The metadata.
    pub metadata: ObjectMeta,
    /// What it is.
    pub spec: RobotSpec,
    /// Where it is.
    #[status]
    #[serde(default)]
    pub status: RobotStatus,
}

/// What a [`Robot`] is.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RobotSpec {
    /// How many legs it has.
    pub legs: u8,
    /// How full its battery shall be kept, in per cent.
    #[serde(default)]
    pub charge: u8,
}

/// Where a [`Robot`] is.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct RobotStatus {
    /// The place.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
}

fn check_robot(_: &RequestContext, robot: &Robot) -> ErrorList {
    if robot.spec.legs == 0 {
        let path = field::Path::new("spec").child("legs");
        return field::Error::invalid(path, 0, "it could not walk").into();
    }
    ErrorList::new()
}

/// Sends a [`Robot`] somewhere.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "robots.example.com", version = "v1", served = false)]
pub struct Command {
    /// The metadata; its name is that of the robot.
    pub metadata: ObjectMeta,
    /// Where to go.
    #[schemars(length(min = 1, max = 20))]
    pub to: String,
    /// How fast.
    #[serde(default = "walking")]
    pub speed: u8,
}

fn walking() -> u8 {
    1
}

impl rest::NamedCreater for RobotCommandRest {
    async fn create(
        &self,
        ctx: &RequestContext,
        name: &str,
        mut command: Command,
        create_validation: &dyn ValidateObject,
        options: &CreateOptions,
    ) -> Result<Created<Command>> {
        create_validation.validate(ctx, &command).await?;
        if command.speed > 9 {
            ctx.warn("robots have legs, not wings");
        }
        let place = command.to.clone();
        let moved = DefaultUpdatedObjectInfo::change(move |mut robot: Robot| {
            robot.status.place.clone_from(&place);
            Ok(robot)
        });
        let options = UpdateOptions { dry_run: options.dry_run, ..UpdateOptions::default() };
        self.registry.update_status(ctx, name, &moved, &ValidateAllObjects, &options).await?;
        if command.to == "home" {
            return Ok(Status::success(Details { name: name.into(), ..Details::default() }).into());
        }
        name.clone_into(&mut command.metadata.name);
        Ok(Object::new(command)?.into())
    }
}

/// The battery of a [`Robot`]: a view of a part of it, under a group of its own.
#[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[resource(group = "power.example.com", version = "v2", served = false)]
#[resource(printcolumn(name = "Charge", type = "integer", json_path = ".charge"))]
pub struct Battery {
    /// The metadata of the robot.
    pub metadata: ObjectMeta,
    /// How full it shall be kept, in per cent.
    #[serde(default)]
    #[schemars(range(max = 100))]
    pub charge: u8,
}

impl Battery {
    fn of(robot: &Robot) -> Self {
        Self { metadata: robot.metadata.clone(), charge: robot.spec.charge }
    }
}

impl rest::Getter for RobotBatteryRest {
    async fn get(&self, ctx: &RequestContext, name: &str, options: &GetOptions) -> Result<Object<Battery>> {
        Object::new(Battery::of(&self.registry.get(ctx, name, options).await?.decode()?))
    }
}

impl rest::Updater for RobotBatteryRest {
    async fn update(
        &self,
        ctx: &RequestContext,
        name: &str,
        object_info: &dyn UpdatedObjectInfo,
        _: &dyn ValidateObject,
        update_validation: &dyn ValidateObjectUpdate,
        _: bool,
        options: &UpdateOptions,
    ) -> Result<(Object<Battery>, bool)> {
        let old = self.registry.get(ctx, name, &GetOptions::default()).await?.decode()?;
        let old = Battery::of(&old);
        let wanted = object_info.updated_object(ctx, Some(&old)).await?;
        update_validation.validate_update(ctx, &*wanted, &old).await?;
        let wanted = wanted.downcast::<Battery>().ok_or_else(|| Error::internal("not a battery"))?;
        let charged = DefaultUpdatedObjectInfo::change(move |mut robot: Robot| {
            robot.metadata.resource_version.clone_from(&wanted.metadata.resource_version);
            robot.spec.charge = wanted.charge;
            Ok(robot)
        });
        let all = &ValidateAllObjects;
        let (robot, _) = self.registry.update(ctx, name, &charged, all, all, false, options).await?;
        Ok((Object::new(Battery::of(&robot.decode()?))?, false))
    }
}

/// A self-test that shows the robot.
impl rest::Getter for RobotSelfTestRest {
    async fn get(&self, ctx: &RequestContext, name: &str, options: &GetOptions) -> Result<Object<Robot>> {
        self.registry.get(ctx, name, options).await
    }
}

/// A shell that says what it was asked, and repeats what it hears: as the body of the answer, or line by line where the
/// client asks for the protocol `echo`. Whoever asks it to wait waits.
impl rest::Connecter for RobotShellRest {
    const CONNECT_METHODS: &'static [Method] = &[Method::GET, Method::POST, Method::OPTIONS];
    const TAKES_PATH: bool = true;

    async fn connect(
        &self,
        ctx: &RequestContext,
        name: &str,
        options: &ConnectOptions,
        mut request: Request<ConnectBody>,
    ) -> Result<Response<ConnectBody>> {
        self.registry.get(ctx, name, &GetOptions::default()).await?;
        if request.headers().get(header::UPGRADE).is_some_and(|protocol| protocol == "echo") {
            let upgrade = hyper::upgrade::on(&mut request);
            tokio::spawn(async move {
                if let Ok(connection) = upgrade.await {
                    let (mut reader, mut writer) = tokio::io::split(hyper_util::rt::TokioIo::new(connection));
                    // An error is the client's hanging up.
                    let _ = tokio::io::copy(&mut reader, &mut writer).await;
                }
            });
            let response = Response::builder()
                .status(StatusCode::SWITCHING_PROTOCOLS)
                .header(header::CONNECTION, "upgrade")
                .header(header::UPGRADE, "echo");
            return response.body(ConnectBody::empty()).map_err(|error| Error::internal(error.to_string()));
        }
        if options.path == "/wait" {
            std::future::pending::<()>().await;
        }
        if options.path == "/broken" {
            return Err(Error::bad_request("the shell is broken"));
        }
        ctx.warn("the shell is not secure");
        let credentials = request.headers().contains_key(header::AUTHORIZATION);
        let said = format!(
            "{} {} {name}{} {:?} {credentials}",
            ctx.user().name,
            request.method(),
            options.path,
            request.uri().query().unwrap_or_default()
        );
        let response = Response::builder().status(StatusCode::ACCEPTED).header("said", said);
        response.body(request.into_body()).map_err(|error| Error::internal(error.to_string()))
    }
}
