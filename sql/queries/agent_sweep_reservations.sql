-- Forget the room promised to pushes that died.
-- expects: none
delete from push_reservations
 where expires_at < now() - interval '1 hour'
