/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_JSON_TREE_H
#define REPOINTD_APP_JSON_TREE_H

/*
 * Where: app, under whoever makes an answer.
 * What:  trees of JSON that are whole, or NULL.
 * Why:   jansson leaves out what there is no memory for, and a status without a target would be believed. What is NULL
 *        here makes everything NULL that it should have been in, and at the end an answer with status 503.
 */

struct json_t;

/* Both take `item`, and give `list` or `object` back; NULL: it is gone. Whoever was given NULL may go on with it. */
struct json_t *json_tree_append(struct json_t *list, struct json_t *item);
struct json_t *json_tree_set(struct json_t *object, const char *key, struct json_t *item);

/* The text, from malloc; the tree is taken. */
char *json_tree_text(struct json_t *tree);

#endif
