-- How much there is of what is not brought.
select (select count(*) from main_share where expire_date > now()) as shares,
    (select count(*) from main_star) as stars,
    (select count(*) from users_team) as teams;
