//! Faults of scenario files: what is edited, and what is said about it.

/// A scenario without any fault. Every broken one is an edit of it.
pub const GOOD: &str = r#"schema = 1
name = "Base"
currency = "USD"
capacity_unit = "GW"

[horizon]
start = 2026-01-01
years = 8
step = "month"

[discount]
rate = 0.10

[[factor]]
name = "h100"
process = "gbm"
start = 2.2
drift = [[0, -0.2], [1, -0.1]]
volatility = 0.28
jumps = { intensity = 0.5, mean = -0.22, sd = 0.1 }

[[factor]]
name = "spot"
process = "gbm"
start = 2.5
forward = [[1, 2.1], [3, 1.8]]
volatility = 0.33

[[factor]]
name = "openai_use"
process = "logit_ou"
level = 0.85
reversion = 2.0
volatility = 0.35

[[factor]]
name = "openai_return"
process = "ou"
level = 12e9
growth = 0.02
reversion = 1.0
volatility = 0.3

[[factor]]
name = "plan"
process = "table"
values = [[0, 1.0], [5, -2.0]]

[correlation]
pairs = [["h100", "spot", 0.5], ["openai_use", "h100", 0.3]]

[regimes]
states = ["boom", "bust", "limbo"]
start = "boom"
intensity = [["boom", "bust", 0.25], ["bust", "boom", 0.5]]

[[regimes.effect]]
state = "bust"
factor = "h100"
drift = -0.3

[[regimes.effect]]
state = "bust"
factor = "openai_return"
shift = -0.4

[[organization]]
name = "openai"
utilization = "openai_use"
demand = "planned"
performance_return = "openai_return"
diminishing = { exponent = 0.5, reference = 4 }
burst = { price = "h100", scale = 6.1e9, premium = 0.25 }
dispatch = "merit"
cash = { opening = 40e9, opex = [[0, 9e9], [5, 20e9]], interest = 0.03, funding = [[0.5, 30e9]] }

[[organization]]
name = "lab"
utilization = "openai_use"
demand = 2

[[contract]]
name = "aws"
organization = "openai"
vendor = "AWS"
term = 7.0
capacity = [[0, 0.1], [1, 0.6]]
commitment = 38e9
take_or_pay = 0.9
escalator = 0.02
prepaid = 0.1

[[contract]]
name = "azure"
organization = "openai"
vendor = "Azure"
start = -1.0
term = 5.0
ramp = [[0, 0.5], [2, 1.0]]
commitment = 20e9
rate = 9e9

[[contract]]
name = "core"
organization = "openai"
vendor = "CoreWeave"
term = 3.0
capacity = 2.0
rate = { index = "spot", floor = 1.0, cap = 3.0 }

[[event]]
name = "cash_out"
organization = "openai"
metric = "cash"
below = 0.0
duration = 0.5
after = 1.0

[[event]]
name = "slump"
metric = "factor"
factor = "h100"
below = 1.0

[[event]]
name = "crash"
metric = "regime"
state = "bust"

[bubble]
any = ["cash_out", "crash"]
"#;

/// One fault: the edit (the first text, which stands in the good scenario once, becomes the second), the text that must
/// be underlined, the dotted key, the title, and parts of the label and the hint.
pub type Case = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
pub const FILE_CASES: &[Case] = &[
    ("schema = 1", "schema = 2", "2", "schema", "`schema` is 2, above its range", "must be 1",
     "version of the file format"),
    ("schema = 1\n", "", "", "schema", "`schema` is missing", "needs `schema`", "which is 1"),
    ("\"Base\"", "\"\"", "\"\"", "name", "`name` is empty", "must not be empty", "a short title"),
    ("\"USD\"", "3", "3", "currency", "`currency` is a whole number, not text", "must be text", "in double quotes"),
    ("\"USD\"", "\"US\\u202eD\"", "\"US\\u202eD\"", "currency", "`currency` contains the invisible character \\u{202e}",
     "must be without control", "label of money"),
    ("[bubble]", "[bubbl]", "bubbl", "bubbl", "unknown key `bubbl`", "not a key of this table",
     "did you mean `bubble`?"),
    ("start = 2026-01-01", "start = \"2026-01-01\"", "\"2026-01-01\"", "horizon.start", "`start` is text, not a date",
     "must be a date", "without quotes"),
    ("start = 2026-01-01", "start = 2026-01-01T12:00:00", "2026-01-01T12:00:00", "horizon.start",
     "`start` is a time, not a date", "must be a date", "such as 2026-01-01"),
    ("start = 2026-01-01", "start = 2026-02-30", "2026-02-30", "", "`2026-02-30` is no date of the calendar",
     "expected day between 01 and 28", "year-month-day"),
    ("years = 8\n", "years = 8.05\n", "8.05", "horizon.years", "`years` is 8.05, not a whole number of months",
     "must be a whole number of periods", "8.08333 years, 97 × 1 month"),
    ("years = 8\n", "years = 90\n", "90", "horizon.years", "`years` is 90, which makes 1080 periods",
     "must make at most 1040 periods", "longer than a month"),
    ("years = 8\n", "years = 0\n", "0", "horizon.years", "`years` is 0, below its range", "must be above 0",
     "length of"),
    ("years = 8\n", "years = \"8\"\n", "\"8\"", "horizon.years", "`years` is text, not a number", "must be a number",
     "write it without quotes"),
    ("\"month\"", "\"mounth\"", "\"mounth\"", "horizon.step", "`step` is \"mounth\", which does not exist",
     "must be \"week\", \"month\", \"quarter\" or \"year\"", "did you mean \"month\"?"),
    ("rate = 0.10", "rate = 10", "10", "discount.rate", "`rate` is 10, above its range", "must be from -1 to 3",
     "0.10 is 10%"),
    ("rate = 0.10", "rate = inf", "inf", "discount.rate", "`rate` is inf, not a finite number", "must be from -1 to 3",
     "per year"),
    ("rate = 0.10", "rate = 0.1\ncurve = [[1, 0.1]]", "[[1, 0.1]]", "discount.curve",
     "both `rate` and `curve` are given",
     "must be one of", "zero rates"),
    ("rate = 0.10", "", "[discount]", "discount", "neither `rate` nor `curve` is given", "needs one of", "zero rates"),
    ("rate = 0.10", "curve = [[1, 0.1], [1, 0.2]]", "[1, 0.2]", "discount.curve[2]", "year 1 comes after year 1",
     "must be later than 1", "order of time"),
    ("rate = 0.10", "curve = [[1, 0.1, 3]]", "[1, 0.1, 3]", "discount.curve[1]", "`curve[1]` does not have 2 parts",
     "must be [year, value]", "comma"),
    ("rate = 0.10", "curve = []", "[]", "discount.curve", "`curve` is empty", "must have a point",
     "[[year, value], …]"),
];

#[rustfmt::skip]
pub const FACTOR_CASES: &[Case] = &[
    ("name = \"plan\"", "name = \"h100\"", "\"h100\"", "factor.h100.name", "factor `h100` exists twice",
     "must be unique",
     "on line 15"),
    ("name = \"plan\"", "name = \"9plan\"", "\"9plan\"", "factor[5].name", "\"9plan\" is not a name",
     "must be a letter, then letters", "`label`"),
    ("name = \"plan\"", "name = \"system\"", "\"system\"", "factor.system.name", "the name `system` is reserved",
     "must be another name", "sum over all organizations"),
    ("\"table\"", "\"tabel\"", "\"tabel\"", "factor.plan.process", "`process` is \"tabel\", which does not exist",
     "\"logit_ou\" or \"table\"", "did you mean \"table\"?"),
    ("start = 2.2", "start = 0", "0", "factor.h100.start", "`start` is 0, below its range", "must be above 0",
     "value at the start date"),
    ("volatility = 0.28", "volatility = -0.28", "-0.28", "factor.h100.volatility",
     "`volatility` is -0.28, below its range",
     "must be from 0 to 10", "0.28 is 28%"),
    ("volatility = 0.28", "volatlity = 0.28\nvolatility = 0.28", "volatlity", "factor.h100.volatlity",
     "unknown key `volatlity`", "not a key", "did you mean `volatility`?"),
    ("forward = [[1, 2.1]", "forward = [[0, 2.1]", "0", "factor.spot.forward[1]",
     "`forward[1]: year` is 0, below its range", "must be above 0", "years"),
    ("forward = [[1, 2.1], [3, 1.8]]", "forward = [[1, 2.1], [3, 1.8]]\ndrift = 0", "[[1, 2.1], [3, 1.8]]",
     "factor.spot.forward", "both `drift` and `forward` are given", "must be one of", "the mean itself"),
    ("drift = [[0, -0.2], [1, -0.1]]", "drift = 9.9", "9.9", "factor.h100.drift",
     "`drift` takes the factor beyond 1e30",
     "must keep it below that over 8 years", "per year"),
    ("intensity = 0.5", "intensity = 51", "51", "factor.h100.jumps.intensity", "`intensity` is 51, above its range",
     "must be from 0 to 50", "jumps per year"),
    ("level = 0.85", "level = [[0, 0.5], [2, 1.0]]", "[[0, 0.5], [2, 1.0]]", "factor.openai_use.level",
     "`level` is 1, outside of its bounds", "must be strictly between 0 and 1", "`upper`"),
    ("level = 0.85", "level = 0.85\nlower = 2", "2", "factor.openai_use.lower",
     "`lower` is 2, not less than `upper`, 1",
     "must be less", "where they are left out"),
    ("level = 0.85", "level = 0.85\ngrowth = 0.1", "growth", "factor.openai_use.growth",
     "`growth` does not go with process `logit_ou`", "must be left out", "`reversion`"),
    ("reversion = 2.0", "reversion = 0", "0", "factor.openai_use.reversion", "`reversion` is 0, below its range",
     "must be above 0 and at most 1000", "half-life"),
    ("[\"h100\", \"spot\", 0.5]", "[\"h100\", \"spott\", 0.5]", "\"spott\"", "correlation.pairs[1]",
     "`pairs[1]: factor` names the unknown factor `spott`", "must be a known factor", "did you mean `spot`?"),
    ("[\"h100\", \"spot\", 0.5]", "[\"h100\", \"spot\", 1.0]", "1.0", "correlation.pairs[1]",
     "`pairs[1]: correlation` is 1, above its range", "must be above -1 and below 1", "Brownian"),
    ("[\"h100\", \"spot\", 0.5]", "[\"h100\", \"plan\", 0.5]", "\"plan\"", "correlation.pairs[1]",
     "the table `plan` cannot be correlated", "must be a random factor", "leave the pair out"),
    ("[\"h100\", \"spot\", 0.5]", "[\"h100\", \"openai_use\", 0.5]", "[\"openai_use\", \"h100\", 0.3]",
     "correlation.pairs[2]", "the pair `openai_use`, `h100` is given twice", "must be given once", "on line 50"),
    // 1 − √(0.9² + 0.8²) is the smallest eigenvalue of the three factors' matrix
    ("\"spot\", 0.5], [\"openai_use\", \"h100\", 0.3]", "\"spot\", 0.9], [\"openai_use\", \"h100\", 0.8]",
     "[[\"h100\", \"spot\", 0.9], [\"openai_use\", \"h100\", 0.8]]", "correlation.pairs",
     "the correlation matrix is not positive definite", "its smallest eigenvalue is -0.204159", "count as 0"),
    ("\"limbo\"]", "\"bust\"]", "\"bust\"", "regimes.states[3]", "state `bust` exists twice", "must be unique",
     "on line 53"),
    ("start = \"boom\"", "start = \"bom\"", "\"bom\"", "regimes.start", "`start` names the unknown state `bom`",
     "must be a known state", "did you mean `boom`?"),
    ("[\"bust\", \"boom\", 0.5]", "[\"bust\", \"bust\", 0.5]", "\"bust\"", "regimes.intensity[2]",
     "`bust` moves to itself", "must be another state", "staying"),
    ("[\"bust\", \"boom\", 0.5]", "[\"boom\", \"bust\", 0.5]", "[\"boom\", \"bust\", 0.5]", "regimes.intensity[2]",
     "the move `boom` to `bust` is given twice", "must be given once", "on line 55"),
    ("drift = -0.3", "shift = -0.3", "-0.3", "regimes.effect[1].shift", "`shift` does not go with a gbm",
     "must be left out", "`drift`"),
    ("shift = -0.4", "drift = -0.4", "-0.4", "regimes.effect[2].drift",
     "`drift` does not go with a mean-reverting factor",
     "must be left out", "`shift`"),
    ("drift = -0.3", "", "[[regimes.effect]]", "regimes.effect[1]", "an effect that does nothing", "`on_entry`",
     "leave the entry out"),
    ("factor = \"openai_return\"\nshift = -0.4", "factor = \"h100\"\ndrift = 1", "[[regimes.effect]]",
     "regimes.effect[2]",
     "a second effect of `bust` on `h100`", "must be one entry", "on line 57"),
    ("factor = \"openai_return\"\nshift = -0.4", "factor = \"plan\"\nvolatility = 2", "[[regimes.effect]]",
     "regimes.effect[2]", "an effect on a table", "must be on a random factor", "into its values"),
];

#[rustfmt::skip]
pub const ORGANIZATION_CASES: &[Case] = &[
    ("name = \"lab\"", "name = \"openai\"", "\"openai\"", "organization.openai.name",
     "organization `openai` exists twice",
     "must be unique", "on line 68"),
    ("utilization = \"openai_use\"\ndemand = 2", "utilization = \"plan\"\ndemand = 2", "\"plan\"",
     "organization.lab.utilization", "`utilization` names `plan`, which can be negative",
     "must be a factor that stays at 0 or above", "use cannot be negative"),
    ("demand = 2", "demand = \"planed\"", "\"planed\"", "organization.lab.demand",
     "`demand` is \"planed\", which does not exist", "must be \"planned\"", "did you mean \"planned\"?"),
    ("demand = 2", "demand = [[0, -1]]", "-1", "organization.lab.demand[1]",
     "`demand[1]: value` is -1, below its range",
     "must be at least 0", "capacity units"),
    ("demand = 2", "demand = 2\ndispatch = \"merit\"", "\"merit\"", "organization.lab.dispatch",
     "`dispatch` is \"merit\", but there is no `burst`", "must be \"priority\"", "limit = 0"),
    ("demand = 2", "", "[[organization]]", "organization.lab.demand", "`demand` is missing", "needs `demand`",
     "\"planned\""),
    ("exponent = 0.5", "exponent = 6", "6", "organization.openai.diminishing.exponent",
     "`exponent` is 6, above its range", "must be from 0 to 5", "diminishes"),
    ("premium = 0.25", "premium = -1", "-1", "organization.openai.burst.premium", "`premium` is -1, below its range",
     "must be above -1 and at most 100", "0.25 is 25%"),
    ("interest = 0.03", "intrest = 0.03", "intrest", "organization.openai.cash.intrest", "unknown key `intrest`",
     "not a key", "did you mean `interest`?"),
    ("funding = [[0.5, 30e9]]", "funding = [[-0.5, 30e9]]", "-0.5", "organization.openai.cash.funding[1]",
     "`funding[1]: year` is -0.5, below its range", "must be from 0 to 10000", "from the start date"),
    ("opening = 40e9", "opening = 4e30", "4e30", "organization.openai.cash.opening",
     "`opening` is 4e30, above its range",
     "at most 1e30 in size", "balance"),
];

#[rustfmt::skip]
pub const CONTRACT_CASES: &[Case] = &[
    ("take_or_pay = 0.9", "take_or_pay = 1.2", "1.2", "contract.aws.take_or_pay",
     "`take_or_pay` is 1.2, above its range",
     "must be from 0 to 1", "0.9 is 90%"),
    ("take_or_pay = 0.9", "take_or_pay = nan", "nan", "contract.aws.take_or_pay",
     "`take_or_pay` is nan, not a finite number",
     "must be from 0 to 1", "whether used or not"),
    ("take_or_pay = 0.9", "take_or_pay = [0.9]", "[0.9]", "contract.aws.take_or_pay",
     "`take_or_pay` is an array, not a number",
     "must be a number", "whether used or not"),
    ("take_or_pay = 0.9", "take_or_pay = 0.9\ntake_or_pay = 0.8", "take_or_pay", "", "`take_or_pay` is given twice",
     "must be given once", "only `[[…]]` headers repeat"),
    ("\"AWS\"", "\"A W S\"", "\"A W S\"", "contract.aws.vendor", "\"A W S\" is not a name", "must be a letter",
     "`label`"),
    ("vendor = \"AWS\"\n", "", "[[contract]]", "contract.aws.vendor", "`vendor` is missing", "needs `vendor`",
     "the seller"),
    ("organization = \"openai\"\nvendor = \"CoreWeave\"", "organization = \"openia\"\nvendor = \"CoreWeave\"",
     "\"openia\"", "contract.core.organization",
     "`organization` names the unknown organization `openia`", "must be a known organization",
     "did you mean `openai`?"),
    ("term = 7.0", "term = 0", "0", "contract.aws.term", "`term` is 0, below its range",
     "must be above 0 and at most 100",
     "in years"),
    ("term = 7.0", "term = 0.01", "0.01", "contract.aws.term", "a term of 0.01 years contains no period",
     "must contain the middle of a period of 0.0833333 years", "longer term"),
    ("start = -1.0\nterm = 5.0", "start = -5.0\nterm = 5.0", "-5.0", "contract.azure.start",
     "the contract ended before the horizon: 5 years from year -5", "must be after year 0", "counts towards no figure"),
    ("capacity = [[0, 0.1], [1, 0.6]]", "capacity = [[0, 0], [7, 0], [8, 1]]", "[[0, 0], [7, 0], [8, 1]]",
     "contract.aws.capacity", "`capacity` is 0 in every period of the term", "must be above 0",
     "from the contract's start"),
    ("capacity = [[0, 0.1], [1, 0.6]]", "ramp = [[0, 1]]\ncapacity = 1", "[[0, 1]]", "contract.aws.ramp",
     "both `capacity` and `ramp` are given", "must be one of", "a shape"),
    ("commitment = 38e9", "commitment = 38e9\nrate = 9e9", "9e9", "contract.aws.rate",
     "both `commitment` and `rate` are given", "must be one of", "the other follows"),
    ("commitment = 38e9", "", "[[contract]]", "contract.aws", "neither `commitment` nor `rate` is given",
     "needs one of",
     "the other follows"),
    ("rate = 9e9", "", "[[contract]]", "contract.azure.rate", "`rate` is missing", "needs `rate`",
     "per capacity-unit-year"),
    ("commitment = 20e9\nrate = 9e9", "rate = { index = \"spot\" }", "{ index", "contract.azure.rate",
     "an indexed `rate` does not go with `ramp`", "must be a number", "`capacity`"),
    ("capacity = 2.0", "capacity = 2.0\ncommitment = 20e9", "20e9", "contract.core.commitment",
     "`commitment` does not go with an indexed `rate`", "must be left out", "not known beforehand"),
    ("index = \"spot\", ", "index = \"spott\", ", "\"spott\"", "contract.core.rate.index",
     "`index` names the unknown factor `spott`", "must be a known factor", "did you mean `spot`?"),
    ("cap = 3.0", "cap = 1.0", "1.0", "contract.core.rate.cap", "`cap` is 1, not above `floor`, 1",
     "must be above `floor`",
     "is a number"),
    ("capacity = 2.0", "capacity = 2.0\nescalator = 0.1", "0.1", "contract.core.escalator",
     "`escalator` does not go with an indexed `rate`", "must be left out", "not known beforehand"),
    ("capacity = 2.0", "capacity = 2.0\nprepaid = 0.1", "0.1", "contract.core.prepaid",
     "`prepaid` does not go with an indexed `rate`", "must be left out", "not known beforehand"),
    ("capacity = 2.0", "capacity = 2.0\npriority = 1.5", "1.5", "contract.core.priority",
     "`priority` is 1.5, not a whole number", "must be a whole number from", "lower first"),
    ("escalator = 0.02", "escalator = -1", "-1", "contract.aws.escalator", "`escalator` is -1, below its range",
     "must be above -1 and at most 10", "0.02 is 2%"),
];

#[rustfmt::skip]
pub const EVENT_CASES: &[Case] = &[
    ("metric = \"cash\"", "metric = \"cahs\"", "\"cahs\"", "event.cash_out.metric",
     "`metric` is \"cahs\", which does not exist", "\"factor\" or \"regime\"", "did you mean \"cash\"?"),
    ("organization = \"openai\"\nmetric", "metric", "\"cash\"", "event.cash_out.metric",
     "metric \"cash\" needs `cash`, which `lab` lacks", "needs `cash` of every organization", "name another"),
    ("organization = \"openai\"\nmetric = \"cash\"", "organization = \"lab\"\nmetric = \"coverage\"", "\"coverage\"",
     "event.cash_out.metric", "metric \"coverage\" needs `performance_return`, which `lab` lacks",
     "needs `performance_return`", "name another"),
    ("below = 0.0", "below = 0.0\nabove = 1", "1", "event.cash_out.above", "both `below` and `above` are given",
     "must be one of", "strictly"),
    ("below = 0.0\n", "", "[[event]]", "event.cash_out", "neither `below` nor `above` is given", "needs one of",
     "strictly"),
    ("after = 1.0", "after = 8.0", "8.0", "event.cash_out.after", "`after` is 8, but the horizon is 8 years",
     "must leave time", "can never happen"),
    ("after = 1.0", "after = 7.75", "0.5", "event.cash_out.duration",
     "`after` and `duration` make 8.25, but the horizon is 8 years", "must leave time", "can never happen"),
    ("duration = 0.5\nafter = 1.0", "duration = 0.51\nafter = 7.5", "0.51", "event.cash_out.duration",
     "`after` and `duration` make 8.01, but the horizon is 8 years", "must leave time", "can never happen"),
    ("duration = 0.5", "factor = \"h100\"", "\"h100\"", "event.cash_out.factor",
     "`factor` does not go with this metric",
     "must be left out", "metric = \"factor\""),
    ("factor = \"h100\"\nbelow = 1.0", "below = 1.0", "[[event]]", "event.slump.factor", "`factor` is missing",
     "needs `factor`", "is watched"),
    ("below = 1.0", "below = 0", "0", "event.slump.below", "the metric is never below 0", "must be above 0", "strict"),
    ("metric = \"cash\"\nbelow = 0.0", "metric = \"utilization\"\nabove = 1.0", "1.0", "event.cash_out.above",
     "the metric is never above 1.0", "must be below 1", "strict"),
    ("metric = \"cash\"", "metric = \"lock_in\"", "0.0", "event.cash_out.below", "the metric is never below 0.0",
     "must be above 0", "strict"),
    ("state = \"bust\"\n\n[bubble]", "state = \"bust\"\nabove = 1\n\n[bubble]", "1", "event.crash.above",
     "`above` does not go with metric \"regime\"", "must be left out", "in `state`"),
    ("state = \"bust\"\n\n[bubble]", "state = \"limbo\"\n\n[bubble]", "\"limbo\"", "event.crash.state",
     "the state `limbo` cannot be reached", "must be reachable from `boom`", "`regimes.intensity`"),
    ("any = [\"cash_out\", \"crash\"]", "any = [\"cash_ot\"]", "\"cash_ot\"", "bubble.any[1]",
     "`any[1]` names the unknown event `cash_ot`", "must be a known event", "did you mean `cash_out`?"),
    ("any = [\"cash_out\", \"crash\"]", "any = [\"crash\", \"crash\"]", "\"crash\"", "bubble.any[2]",
     "`crash` is named twice", "must be named once", "remove"),
    ("any = [\"cash_out\", \"crash\"]", "all = []", "[]", "bubble.all", "`all` names no event",
     "must name at least one",
     "any of all events"),
    ("any = [\"cash_out\", \"crash\"]", "any = [\"crash\"]\nall = [\"crash\"]", "[\"crash\"]", "bubble.all",
     "both `any` and `all` are given", "must be one of", "the last"),
    ("any = [\"cash_out\", \"crash\"]", "organizations = 3", "3", "bubble.organizations",
     "`organizations` is 3, above its range", "must be a whole number from 1 to 2", "the system's"),
    ("any = [\"cash_out\", \"crash\"]", "any = [\"cash_out\"]\norganizations = 2", "2", "bubble.organizations",
     "the system's bubble needs 2 organizations, but only 1 can burst", "must be possible", "happens to no other"),
];

#[rustfmt::skip]
pub const SYNTAX_CASES: &[Case] = &[
    ("rate = 0.10", "rate = 0.10 0.2", "0.10 0.2", "", "`0.10 0.2` is not a value", "must be text in quotes",
     "0.9 or 38e9"),
    ("step = \"month\"", "step = month", "month", "", "`month` is not a value", "must be text in quotes",
     "double quotes"),
    ("[discount]", "[discount", "t", "", "unclosed table", "expected `]`", "[horizon]"),
    ("[[0, -0.2], [1, -0.1]]", "[[0, -0.2], [1, -0.1]", "v", "", "missing comma between array elements", "expected `,`",
     "also on the lines before"),
];
