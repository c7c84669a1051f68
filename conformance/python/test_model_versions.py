from concurrent.futures import ThreadPoolExecutor

import mlflow
import pytest


def test_versions_are_numbered_in_order_and_never_again(client, name, add_version):
    assert [str(add_version(name).version) for _ in range(3)] == ["1", "2", "3"]
    client.delete_model_version(name, "2")
    assert str(add_version(name).version) == "4"
    found = client.search_model_versions(f"name = '{name}'")
    assert sorted(str(version.version) for version in found) == ["1", "3", "4"]


def test_versions_made_at_the_same_time_have_numbers_of_their_own(client, name):
    client.create_registered_model(name)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda i: client.create_model_version(name, f"s3://bucket/{i}"), range(20)))
    assert sorted(int(version.version) for version in made) == list(range(1, 21))
    found = {str(version.version): version.source for version in client.search_model_versions(f"name = '{name}'")}
    assert found == {str(version.version): version.source for version in made}


def test_a_version_reads_back(client, name, experiment):
    client.create_registered_model(name)
    run = client.create_run(experiment)
    source = f"{run.info.artifact_uri}/model"
    made = client.create_model_version(
        name, source, run.info.run_id, tags={"k": "v"}, run_link="https://ci.example/7", description="words"
    )
    for read in (made, client.get_model_version(name, "1")):
        assert (read.source, read.run_id, read.run_link) == (source, run.info.run_id, "https://ci.example/7")
        assert (read.tags, read.description, read.current_stage) == ({"k": "v"}, "words", "None")
        assert (read.status, read.aliases, str(read.version)) == ("READY", [], "1")
    assert client.get_model_version_download_uri(name, "1") == source


def test_a_version_needs_no_run(client, name):
    client.create_registered_model(name)
    version = client.create_model_version(name, "s3://bucket/some/model")
    assert version.source == "s3://bucket/some/model" and version.run_id in (None, "")
    assert client.get_model_version_download_uri(name, "1") == "s3://bucket/some/model"


def test_a_version_is_described_tagged_and_deleted(client, name, add_version, refuses):
    add_version(name, tags={"kept": "1", "gone": "2"})
    client.update_model_version(name, "1", "about")
    client.set_model_version_tag(name, "1", "kept", "new")
    client.delete_model_version_tag(name, "1", "gone")
    client.delete_model_version_tag(name, "1", "never there")
    read = client.get_model_version(name, "1")
    assert (read.description, read.tags) == ("about", {"kept": "new"})
    client.delete_model_version(name, "1")
    refuses("RESOURCE_DOES_NOT_EXIST", client.get_model_version, name, "1")
    refuses("RESOURCE_DOES_NOT_EXIST", client.delete_model_version, name, "1")
    assert client.get_registered_model(name).latest_versions == []


def test_a_tag_of_a_version_is_set_by_stage(client, name, add_version):
    add_version(name)
    client.transition_model_version_stage(name, "1", "Staging")
    client.set_model_version_tag(name, key="k", value="v", stage="Staging")
    assert client.get_model_version(name, "1").tags == {"k": "v"}
    client.delete_model_version_tag(name, key="k", stage="Staging")
    assert client.get_model_version(name, "1").tags == {}


def stages(client, name):
    found = client.search_model_versions(f"name = '{name}'")
    return [version.current_stage for version in sorted(found, key=lambda version: int(version.version))]


def test_stages_take_any_letter_case(client, name, add_version):
    add_version(name)
    for written, kept in (
        ("staging", "Staging"),
        ("PRODUCTION", "Production"),
        ("aRCHIVED", "Archived"),
        ("none", "None"),
    ):
        assert client.transition_model_version_stage(name, "1", written).current_stage == kept
        assert client.get_model_version(name, "1").current_stage == kept
    assert client.get_model_version_stages(name, "1") == ["None", "Staging", "Production", "Archived"]


def test_existing_versions_are_archived_when_asked(client, name, add_version):
    for _ in range(4):
        add_version(name)
    client.transition_model_version_stage(name, "1", "Production")
    client.transition_model_version_stage(name, "2", "Production")
    client.transition_model_version_stage(name, "3", "Staging")
    assert stages(client, name) == ["Production", "Production", "Staging", "None"]
    client.transition_model_version_stage(name, "4", "production", archive_existing_versions=True)
    assert stages(client, name) == ["Archived", "Archived", "Staging", "Production"]
    client.transition_model_version_stage(name, "4", "Production", archive_existing_versions=True)
    assert stages(client, name) == ["Archived", "Archived", "Staging", "Production"]


def test_an_impossible_transition_changes_nothing(client, name, add_version, refuses):
    add_version(name)
    message = refuses("INVALID_PARAMETER_VALUE", client.transition_model_version_stage, name, "1", "Nowhere")
    assert "Nowhere" in message and "None, Staging, Production, Archived" in message
    for stage in ("None", "Archived"):
        # MLflow's own server answers 500.
        with pytest.raises(mlflow.MlflowException):
            client.transition_model_version_stage(name, "1", stage, archive_existing_versions=True)
    refuses("RESOURCE_DOES_NOT_EXIST", client.transition_model_version_stage, name, "9", "Staging")
    assert stages(client, name) == ["None"]


def test_latest_versions_are_the_newest_of_each_stage(client, name, add_version, refuses):
    for _ in range(5):
        add_version(name)
    for number, stage in (("1", "Production"), ("2", "Production"), ("3", "Staging"), ("4", "Archived")):
        client.transition_model_version_stage(name, number, stage)
    newest = {"Production": "2", "Staging": "3", "Archived": "4", "None": "5"}

    def latest(found):
        return {version.current_stage: str(version.version) for version in found}

    assert latest(client.get_latest_versions(name)) == newest
    assert latest(client.get_registered_model(name).latest_versions) == newest
    assert latest(client.search_registered_models(f"name = '{name}'")[0].latest_versions) == newest
    assert latest(client.get_latest_versions(name, ["production"])) == {"Production": "2"}
    assert latest(client.get_latest_versions(name, stages=["Staging", "None"])) == {"Staging": "3", "None": "5"}
    client.delete_model_version(name, "2")
    assert latest(client.get_latest_versions(name, ["Production"])) == {"Production": "1"}
    refuses("INVALID_PARAMETER_VALUE", client.get_latest_versions, name, ["Nowhere"])


def test_aliases_move_from_version_to_version(client, name, add_version):
    for _ in range(2):
        add_version(name)
    client.set_registered_model_alias(name, "champion", "1")
    client.set_registered_model_alias(name, "Challenger_2-x", "1")
    assert sorted(client.get_model_version(name, "1").aliases) == ["Challenger_2-x", "champion"]
    client.set_registered_model_alias(name, "champion", "2")
    assert str(client.get_model_version_by_alias(name, "champion").version) == "2"
    assert client.get_model_version(name, "2").aliases == ["champion"]
    assert client.get_model_version(name, "1").aliases == ["Challenger_2-x"]
    aliases = {key: str(version) for key, version in client.get_registered_model(name).aliases.items()}
    assert aliases == {"champion": "2", "Challenger_2-x": "1"}


def test_removed_aliases_lead_nowhere(client, name, add_version, refuses):
    for _ in range(2):
        add_version(name)
    client.set_registered_model_alias(name, "champion", "1")
    client.set_registered_model_alias(name, "challenger", "2")
    client.delete_registered_model_alias(name, "champion")
    client.delete_registered_model_alias(name, "champion")
    refuses("INVALID_PARAMETER_VALUE", client.get_model_version_by_alias, name, "champion")
    client.delete_model_version(name, "2")
    refuses("INVALID_PARAMETER_VALUE", client.get_model_version_by_alias, name, "challenger")
    assert client.get_registered_model(name).aliases == {}


@pytest.mark.parametrize("bad", ["latest", "LATEST", "v1", "V23", "a b", "a/b", "a@b", "a" * 256, ""])
def test_an_alias_that_means_something_else_is_refused(client, name, add_version, refuses, bad):
    add_version(name)
    refuses("INVALID_PARAMETER_VALUE", client.set_registered_model_alias, name, bad, "1")
    assert client.get_registered_model(name).aliases == {}


def test_an_alias_needs_its_version(client, name, add_version, refuses):
    add_version(name)
    refuses("RESOURCE_DOES_NOT_EXIST", client.set_registered_model_alias, name, "champion", "9")
    refuses("INVALID_PARAMETER_VALUE", client.set_registered_model_alias, name, "champion", "first")
    assert client.get_registered_model(name).aliases == {}


@pytest.mark.parametrize("escape", ["/etc", "file:///etc", "file:///etc/passwd", "./relative", "file:../../etc"])
def test_a_local_source_outside_of_the_run_is_refused(client, name, experiment, refuses, escape):
    client.create_registered_model(name)
    run_id = client.create_run(experiment).info.run_id
    refuses("INVALID_PARAMETER_VALUE", client.create_model_version, name, escape, run_id)
    refuses("INVALID_PARAMETER_VALUE", client.create_model_version, name, escape)
    assert client.search_model_versions(f"name = '{name}'") == []


@pytest.mark.parametrize("up", ["..", "%2e%2e", "%2E%2E", "%252e%252e", "a%2f..%2f.."])
def test_a_source_that_climbs_out_is_refused(client, name, experiment, refuses, up):
    client.create_registered_model(name)
    run = client.create_run(experiment)
    for source in (f"{run.info.artifact_uri}/{up}/{up}/other", f"s3://bucket/models/{up}/secret"):
        refuses("INVALID_PARAMETER_VALUE", client.create_model_version, name, source, run.info.run_id)
    assert client.search_model_versions(f"name = '{name}'") == []


def test_unknown_versions_and_bad_numbers_are_refused(client, name, add_version, refuses):
    add_version(name)
    for code, number in (("RESOURCE_DOES_NOT_EXIST", "9"), ("INVALID_PARAMETER_VALUE", "first")):
        refuses(code, client.get_model_version, name, number)
        refuses(code, client.update_model_version, name, number, "words")
        refuses(code, client.delete_model_version, name, number)
        refuses(code, client.set_model_version_tag, name, number, "k", "v")
        refuses(code, client.delete_model_version_tag, name, number, "k")
        refuses(code, client.transition_model_version_stage, name, number, "Staging")
        refuses(code, client.get_model_version_download_uri, name, number)
    refuses("RESOURCE_DOES_NOT_EXIST", client.get_model_version_by_alias, name + "-absent", "champion")


@pytest.fixture
def versions(name, add_version):
    """Five versions; the tag parity tells even from odd."""
    for number in range(1, 6):
        add_version(name, tags={"parity": ["even", "odd"][number % 2], "a.b c": str(number)})
    return name


FILTERS = {
    "name = '{name}'": "12345",
    "name LIKE '{name}%'": "12345",
    "name ILIKE '{upper}'": "12345",
    "name = '{name}' AND tags.parity = 'odd'": "135",
    "name = '{name}' and tag.parity != 'odd'": "24",
    "name = '{name}' AND tags.`a.b c` = '4'": "4",
    "name = '{name}' AND tags.parity LIKE 'e%' AND tags.`a.b c` ILIKE '2'": "2",
    "name = '{name}' AND version_number = 3": "3",
    "name = '{name}' AND version_number >= 4": "45",
    "name = '{name}' AND version_number < 2": "1",
    "name = '{name}' AND version_number != 1": "2345",
    "name = '{name}' AND run_id = '{run_id}'": "2",
    "name = '{name}' AND run_id IN ('{run_id}', 'x')": "2",
    "source_path = '{source}'": "2",
    "name = '{name}' AND tags.absent = 'x'": "",
}


def test_filters_select_the_right_versions(client, versions):
    second = client.get_model_version(versions, "2")
    facts = {"name": versions, "upper": versions.upper(), "run_id": second.run_id, "source": second.source}

    def found(condition):
        return "".join(sorted(str(one.version) for one in client.search_model_versions(condition.format(**facts))))

    assert {condition: found(condition) for condition in FILTERS} == FILTERS


def test_versions_are_ordered(client, versions):
    def order(*by):
        found = client.search_model_versions(f"name = '{versions}'", order_by=list(by))
        return "".join(str(version.version) for version in found)

    assert order("version_number ASC") == order("name ASC", "version_number ASC") == "12345"
    assert order("version_number DESC") == "54321"
    client.update_model_version(versions, "2", "changed last")
    assert order("last_updated_timestamp DESC")[0] == order()[0] == "2"
    assert order("creation_timestamp ASC", "version_number ASC") == "12345"


@pytest.mark.parametrize("order", [[], ["version_number ASC"], ["creation_timestamp DESC", "version_number DESC"]])
def test_pages_of_versions_join_to_the_whole(client, versions, order):
    condition = f"name = '{versions}'"
    whole = [version.version for version in client.search_model_versions(condition, order_by=order)]
    pages, token = [], None
    while True:
        page = client.search_model_versions(condition, max_results=2, order_by=order, page_token=token)
        assert len(page) <= 2
        pages += [version.version for version in page]
        token = page.token
        if not token:
            break
    assert pages == whole and len(whole) == 5


@pytest.mark.parametrize("bad", ["name == 'x'", "colour = 'x'", "version_number = 'one'", "run_id > 'a'", "tags.x"])
def test_a_bad_filter_of_versions_is_refused(client, refuses, bad):
    refuses("INVALID_PARAMETER_VALUE", client.search_model_versions, bad)


def test_bad_limits_orders_and_tokens_of_versions_are_refused(client, refuses):
    refuses("INVALID_PARAMETER_VALUE", client.search_model_versions, max_results=200_001)
    refuses("INVALID_PARAMETER_VALUE", client.search_model_versions, order_by=["colour ASC"])
    refuses("INVALID_PARAMETER_VALUE", client.search_model_versions, page_token="not a token")
