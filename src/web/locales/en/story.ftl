# The timeline: steps and figures.

step-licensed = Brand licensed
step-licence_ended = Brand licence ended
step-opened = Batch opened
step-harvested = Harvested
step-bought = Bought in
step-received = Received
step-washed = Washed
step-preserved = Treated to keep fresh
step-cooled = Pre-cooled
step-withered = Withered
step-dried = Dried
step-processed = Processed
step-graded = Graded
step-split = Split
step-merged = Merged
step-sampled = Sampled
step-sample_received = Sample at the laboratory
step-screened = Quick test
step-tested = Test report
step-held = Put on hold
step-released = Hold lifted
step-certificate = Certificate issued
step-certificate_voided = Certificate voided
step-packed = Packed
step-stored = Stored
step-shipped = Shipped
step-arrived = Arrived
step-returned = Returned
step-lost = Loss
step-recalled = Recalled
step-recall_closed = Recall closed
step-closed = Batch closed
step-noted = Added later
step-corrected = Corrected
step-withheld = Withheld: what was sealed in a record was erased for good

fig-input = { $kg } in
fig-output = { $kg } out
fig-loss = { $kg } lost
fig-rest = { $kg } left
fig-packs = { $n } packs
fig-packs-each = { $n } packs of { $kg }
fig-crates = { $n } crates
fig-crates-each = { $n } crates of { $kg }
fig-pieces = { $n } fruit
fig-temperature = { $low } °C
fig-temperature-range = { $low }–{ $high } °C
fig-excursion = once { $high } °C for { $n } minutes
fig-humidity = humidity { $low }–{ $high }%
fig-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
  }
fig-hours = { $n ->
    [one] { $n } hour
   *[other] { $n } hours
  }
fig-hours-minutes = { $hours } h { $minutes } min
fig-brix = { $mean } °Brix
fig-brix-range = { $mean } °Brix ({ $low }–{ $high })
fig-brix-range-n = { $mean } °Brix ({ $low }–{ $high }, { $n } fruit)
fig-acid = acid { $value } g/100 mL
fig-ratio = sugar to acid { $value }
fig-edible = edible part { $value }%
fig-mass = { $low }–{ $high } g a fruit
fig-size = { $low }–{ $high } mm across
fig-agent = { $product }, { $dose } (declared)
fig-agent-active = { $product } ({ $active }), { $dose } (declared)
fig-grade = { $grade } { $kg }
fig-grade-share = { $grade } { $kg } ({ $share })
fig-standard = by { $name }
fig-inhibition = inhibition { $percent }%
fig-inhibition-positive = inhibition { $percent }%, positive
fig-inhibition-negative = inhibition { $percent }%, negative (no sign of excess)
fig-retested = retest of report { $no }
fig-intervals = all waiting times after spraying kept
fig-intervals-days = all waiting times kept (last treatment { $n } days before)
fig-analytes = { $n ->
    [one] { $n } substance, not over its limit
   *[other] { $n } substances, none over its limit
  }
fig-analytes-failed = { $n } substances, { $failed } over the limit
fig-lot = batch { $code }
fig-lot-kg = batch { $code } { $kg }
fig-discrepancy = amounts under review: { $amount } more went out than is on record

dose-times = diluted { $n } times

loss-rot = rot
loss-drying = drying
loss-shrink = natural shrinkage
loss-damage = damage
loss-overfill = overfilled packs
loss-destroyed = destroyed
loss-eaten = eaten or tasted
loss-other = other reasons

held-screening_positive = quick test positive
held-test_failed = a test failed
held-under_enquiry = under enquiry
held-discrepancy = amounts do not add up
