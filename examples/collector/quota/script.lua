-- A shared sliding window. KEYS[1] is a sorted set. Its members are the tokens of the taken slots, and "closed" while the service
-- refuses all requests. The scores are the times when they become free, in microseconds of this server's clock.
-- ARGV: take, token, slots, hold, span, longest   returns 0 if it has taken a slot, or the microseconds to wait before asking again
--       finish, token, hold, closed, longest      returns 0; a hold of 0 frees the slot, closed is how long no slot is granted
local key, verb, token = KEYS[1], ARGV[1], ARGV[2]
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local longest = tonumber(ARGV[#ARGV])

local function exactly(n) return string.format('%.0f', n) end
local function set(member, from_now)
  redis.call('ZADD', key, exactly(now + from_now), member)
  redis.call('PEXPIRE', key, exactly(math.ceil(2 * longest / 1000)))
end

if verb == 'finish' then
  local hold, closed = tonumber(ARGV[3]), tonumber(ARGV[4])
  if hold > 0 then set(token, hold) else redis.call('ZREM', key, token) end
  if closed > 0 then
    local until_then = tonumber(redis.call('ZSCORE', key, 'closed') or 0)
    if now + closed > until_then then set('closed', closed) end
  end
  return 0
end

local slots, hold, span = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
redis.call('ZREMRANGEBYSCORE', key, '-inf', exactly(now))

-- No slot is taken for longer than this, unless the clock was set back.
for _, member in ipairs(redis.call('ZRANGEBYSCORE', key, '(' .. exactly(now + longest), '+inf')) do
  set(member, longest)
end

-- A server that has just started may have lost its data, so one span passes first.
local uptime = tonumber(string.match(redis.call('INFO', 'server'), 'uptime_in_seconds:(%d+)'))
local unsure = span + 1000000 - uptime * 1000000
if unsure > 0 then return math.min(unsure, span) end

local closed = redis.call('ZSCORE', key, 'closed')
if closed then return math.min(tonumber(closed) - now, span) end

if redis.call('ZSCORE', key, token) or redis.call('ZCARD', key) < slots then
  set(token, hold)
  return 0
end

-- The next slot becomes free at the lowest score. A slot in use cannot become free in less than a span.
local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
return math.max(1, math.min(tonumber(first[2]) - now, span))
