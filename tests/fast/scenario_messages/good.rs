//! A scenario without any fault.

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
