-- The request, from the words after "--", and the result of a run as one line of JSON. Times in microseconds.
function init(args)
  wrk.method = args[1]
  wrk.body = args[2]
  wrk.headers['Content-Type'] = args[3]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"microseconds":%d,"p50":%f,"p99":%f,"failures":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
