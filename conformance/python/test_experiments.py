from mlflow.entities import ViewType


def test_an_experiment_reads_back_by_id_and_by_name(client, name):
    experiment_id = client.create_experiment(name, tags={"team": "vision", "empty": ""})
    by_id, by_name = client.get_experiment(experiment_id), client.get_experiment_by_name(name)
    assert by_id.name == name and by_name.experiment_id == experiment_id
    assert by_id.tags == {"team": "vision", "empty": ""}
    assert by_id.lifecycle_stage == "active"
    assert by_id.creation_time > 1_600_000_000_000 and by_id.last_update_time >= by_id.creation_time
    assert client.get_experiment_by_name(name + "-absent") is None


def test_the_default_experiment_is_there(client):
    default = client.get_experiment("0")
    assert default.name == "Default" and default.lifecycle_stage == "active"


def test_tags_are_set_replaced_and_removed(client, experiment):
    client.set_experiment_tag(experiment, "owner", "ada")
    client.set_experiment_tag(experiment, "owner", "grace")
    client.set_experiment_tag(experiment, "gone", "x")
    client.delete_experiment_tag(experiment, "gone")
    tags = client.get_experiment(experiment).tags
    assert tags["owner"] == "grace" and "gone" not in tags


def test_a_renamed_experiment_has_only_its_new_name(client, name):
    experiment_id = client.create_experiment(name)
    client.rename_experiment(experiment_id, name + "-renamed")
    assert client.get_experiment_by_name(name) is None
    assert client.get_experiment_by_name(name + "-renamed").experiment_id == experiment_id


def test_delete_and_restore_take_the_runs_along(client, experiment, name):
    run_id = client.create_run(experiment).info.run_id
    client.delete_experiment(experiment)
    assert client.get_experiment(experiment).lifecycle_stage == "deleted"
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"
    by_name = f"name = '{name}'"
    assert len(client.search_experiments(filter_string=by_name)) == 0
    assert len(client.search_experiments(ViewType.DELETED_ONLY, filter_string=by_name)) == 1
    client.restore_experiment(experiment)
    assert client.get_experiment(experiment).lifecycle_stage == "active"
    assert client.get_run(run_id).info.lifecycle_stage == "active"


def test_search_filters_orders_and_pages(client, name):
    ids = [client.create_experiment(f"{name}-{i}", tags={"parity": str(i % 2)}) for i in range(5)]
    among = f"name LIKE '{name}-%'"
    assert [e.experiment_id for e in client.search_experiments(filter_string=among)] == ids[::-1]
    assert len(client.search_experiments(filter_string=f"name ILIKE '{name.upper()}-%'")) == 5
    odd = client.search_experiments(filter_string=f"{among} AND tags.parity = '1'")
    assert {e.experiment_id for e in odd} == {ids[1], ids[3]}

    found, token = [], None
    for _ in range(3):
        page = client.search_experiments(filter_string=among, order_by=["name ASC"], max_results=2, page_token=token)
        found += [e.experiment_id for e in page]
        token = page.token
    assert found == ids and not token


def test_a_taken_name_and_an_unknown_id_are_refused(client, experiment, name, refuses):
    assert name in refuses("RESOURCE_ALREADY_EXISTS", client.create_experiment, name)
    refuses("RESOURCE_DOES_NOT_EXIST", client.get_experiment, "999999999")
    client.delete_experiment(experiment)
    refuses("RESOURCE_ALREADY_EXISTS", client.create_experiment, name)
    client.restore_experiment(experiment)


def test_bad_searches_are_refused(client, refuses):
    refuses("INVALID_PARAMETER_VALUE", client.search_experiments, filter_string="name ~ 'x'")
    refuses("INVALID_PARAMETER_VALUE", client.search_experiments, filter_string="colour = 'red'")
    refuses("INVALID_PARAMETER_VALUE", client.search_experiments, page_token="not a token")
