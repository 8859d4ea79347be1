/*
 * The handlers of the route table (routes.c), by the file they live in. Each ends with one reply_…
 * or with a failure.
 */
#ifndef APP_HANDLERS_H
#define APP_HANDLERS_H

#include "http/request.h"

/* account.c */
enum err handle_login(struct req *r);
enum err handle_logout(struct req *r);
enum err handle_me(struct req *r);
enum err handle_me_token(struct req *r);
enum err handle_me_password(struct req *r);

/* activity.c */
enum err handle_collection_activity(struct req *r);

/* sessions.c */
enum err handle_session_list(struct req *r);
enum err handle_session_end(struct req *r);
enum err handle_session_end_all(struct req *r);

/* usage.c */
enum err handle_me_usage(struct req *r);

/* admin.c */
enum err handle_admin_overview(struct req *r);
enum err handle_admin_users(struct req *r);
enum err handle_admin_user_edit(struct req *r);
enum err handle_admin_audit(struct req *r);

/* health.c */
enum err handle_healthz(struct req *r);
enum err handle_readyz(struct req *r);

/* metrics.c */
enum err handle_metrics(struct req *r);
enum err handle_metrics_upload(struct req *r);

/* pages.c */
enum err handle_page_settings(struct req *r);
enum err handle_page_settings_home(struct req *r);
enum err handle_page_admin(struct req *r);
enum err handle_page_endpoints(struct req *r);
enum err handle_page_code(struct req *r);
enum err handle_page_transfers(struct req *r);
enum err handle_page_transfer(struct req *r);

/* push.c */
enum err handle_push_ticket(struct req *r);
enum err handle_push_upload(struct req *r);
/* parts.c */
enum err handle_part_look(struct req *r);
enum err handle_part_take(struct req *r);
enum err handle_part_end(struct req *r);

/* manifest.c */
enum err handle_manifest_get(struct req *r);
enum err handle_manifest_delete(struct req *r);
enum err handle_collections_all(struct req *r);
enum err handle_collection_by_id(struct req *r);
enum err handle_collection_by_name(struct req *r);
enum err handle_containers_all(struct req *r);
enum err handle_container_by_id(struct req *r);
enum err handle_identity(struct req *r);

/* download.c */
enum err handle_download(struct req *r);
enum err handle_download_shared(struct req *r);

/* portal.c */
enum err handle_portal_recent(struct req *r);
enum err handle_portal_collections(struct req *r);
enum err handle_portal_collection(struct req *r);
enum err handle_portal_container(struct req *r);
enum err handle_collection_star(struct req *r);
enum err handle_collection_unstar(struct req *r);

/* search.c */
enum err handle_search(struct req *r);
enum err handle_search_by_name(struct req *r);
enum err handle_search_by_words(struct req *r);
enum err handle_labels_all(struct req *r);
enum err handle_labels(struct req *r);

/* collections.c */
enum err handle_collection_create(struct req *r);
enum err handle_collection_edit(struct req *r);
enum err handle_collection_delete(struct req *r);
enum err handle_member_set(struct req *r);
enum err handle_member_remove(struct req *r);

/* facts.c */
enum err handle_facts(struct req *r);
enum err handle_recipe(struct req *r);

/* images.c */
enum err handle_container_delete(struct req *r);
enum err handle_container_freeze(struct req *r);
enum err handle_container_tag(struct req *r);
enum err handle_version_list(struct req *r);
enum err handle_version_delete(struct req *r);
enum err handle_share_create(struct req *r);
enum err handle_share_list(struct req *r);
enum err handle_share_revoke(struct req *r);

/* globus.c */
enum err handle_globus_login(struct req *r);
enum err handle_globus_callback(struct req *r);
enum err handle_globus_logout(struct req *r);
enum err handle_globus_activate(struct req *r);
enum err handle_globus_mail(struct req *r);
enum err handle_endpoints(struct req *r);

/* folders.c */
enum err handle_endpoint_ls(struct req *r);
enum err handle_endpoint_mkdir(struct req *r);

/* preflight.c */
enum err handle_endpoint_preflight(struct req *r);

/* destinations.c */
enum err handle_destination_list(struct req *r);
enum err handle_destination_star(struct req *r);
enum err handle_destination_usual(struct req *r);
enum err handle_destination_unstar(struct req *r);
enum err handle_pattern_set(struct req *r);

/* several.c */
enum err handle_transfer_several(struct req *r);
enum err handle_transfer_files(struct req *r);

/* signin.c */
enum err handle_globus_signin(struct req *r);

/* transfers.c */
enum err handle_transfer_create(struct req *r);
enum err handle_transfer_usual(struct req *r);
enum err handle_transfer_list(struct req *r);
enum err handle_transfer_days(struct req *r);
enum err handle_news(struct req *r);
enum err handle_transfer_get(struct req *r);
enum err handle_transfer_cancel(struct req *r);
enum err handle_transfer_classic(struct req *r);
enum err handle_transfer_notice(struct req *r);

/* history.c */
enum err handle_history_csv(struct req *r);
enum err handle_history_json(struct req *r);

#endif
