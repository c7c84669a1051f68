import pytest


def test_a_registered_model_reads_back(client, name):
    made = client.create_registered_model(name, tags={"team": "blue", "empty": ""}, description="words, grüße")
    for read in (made, client.get_registered_model(name)):
        assert (read.name, read.description, read.tags) == (name, "words, grüße", {"team": "blue", "empty": ""})
        assert read.creation_timestamp == read.last_updated_timestamp > 1_700_000_000_000
        assert read.latest_versions == [] and read.aliases == {}


def test_a_model_is_described_anew(client, name):
    before = client.create_registered_model(name)
    assert before.description in (None, "")
    client.update_registered_model(name, "about")
    after = client.get_registered_model(name)
    assert after.description == "about" and after.last_updated_timestamp >= before.last_updated_timestamp


def test_tags_of_a_model_are_replaced_and_removed(client, name):
    client.create_registered_model(name, tags={"kept": "1", "gone": "2"})
    client.set_registered_model_tag(name, "kept", "new")
    client.set_registered_model_tag(name, "number", 3)
    client.delete_registered_model_tag(name, "gone")
    client.delete_registered_model_tag(name, "never there")
    assert client.get_registered_model(name).tags == {"kept": "new", "number": "3"}


def test_a_renamed_model_keeps_all_that_it_has(client, name, add_version, refuses):
    add_version(name, tags={"k": "v"})
    add_version(name)
    client.set_registered_model_tag(name, "team", "blue")
    client.set_registered_model_alias(name, "champion", "1")
    client.transition_model_version_stage(name, "2", "Staging")
    client.rename_registered_model(name, name + "-new")
    read = client.get_registered_model(name + "-new")
    assert read.tags == {"team": "blue"} and {k: str(v) for k, v in read.aliases.items()} == {"champion": "1"}
    assert client.get_model_version_by_alias(name + "-new", "champion").tags == {"k": "v"}
    assert client.get_model_version(name + "-new", "2").current_stage == "Staging"
    refuses("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, name)
    refuses("RESOURCE_DOES_NOT_EXIST", client.get_model_version, name, "1")


def test_a_rename_onto_another_model_changes_nothing(client, name, add_version, refuses):
    add_version(name)
    add_version(name + "-other")
    message = refuses("RESOURCE_ALREADY_EXISTS", client.rename_registered_model, name, name + "-other")
    assert name + "-other" in message
    for model in (name, name + "-other"):
        assert client.get_registered_model(model).name == model
        assert [version.name for version in client.search_model_versions(f"name = '{model}'")] == [model]


def test_a_deleted_model_takes_its_versions_with_it(client, name, add_version, refuses):
    add_version(name)
    client.set_registered_model_alias(name, "champion", "1")
    client.delete_registered_model(name)
    refuses("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, name)
    refuses("RESOURCE_DOES_NOT_EXIST", client.get_model_version, name, "1")
    refuses("RESOURCE_DOES_NOT_EXIST", client.delete_registered_model, name)
    assert client.search_model_versions(f"name = '{name}'") == []
    assert str(add_version(name).version) == "1" and client.get_registered_model(name).aliases == {}


def test_a_model_in_production_is_deleted_like_any_other(client, name, add_version, refuses):
    add_version(name)
    client.transition_model_version_stage(name, "1", "Production")
    client.delete_registered_model(name)
    refuses("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, name)


def test_a_name_is_taken_once(client, name, refuses):
    client.create_registered_model(name, description="first")
    message = refuses("RESOURCE_ALREADY_EXISTS", client.create_registered_model, name, description="second")
    assert f"Registered Model (name={name}) already exists" in message
    assert client.get_registered_model(name).description == "first"


@pytest.mark.parametrize("bad", ["a/b", "a:b", "/"])
def test_a_name_that_no_uri_can_hold_is_refused(client, name, refuses, bad):
    refuses("INVALID_PARAMETER_VALUE", client.create_registered_model, "")
    refuses("INVALID_PARAMETER_VALUE", client.create_registered_model, bad)
    client.create_registered_model(name)
    refuses("INVALID_PARAMETER_VALUE", client.rename_registered_model, name, bad)
    assert client.get_registered_model(name).name == name


def test_a_name_of_more_than_256_characters_is_refused(client, name, refuses, trackway):
    longest = name.ljust(256, "n")
    client.create_registered_model(longest)
    assert client.get_registered_model(longest).name == longest
    refuses("INVALID_PARAMETER_VALUE", client.create_registered_model, longest + "n")
    refuses("INVALID_PARAMETER_VALUE", client.rename_registered_model, longest, longest + "n")


def test_names_may_hold_spaces_dots_and_letters_of_any_script(client, name):
    for odd in (f"{name} with spaces", f"{name}.v1", f"{name}-größe-模型", f"{name}%25", f"{name}'s"):
        client.create_registered_model(odd)
        assert client.get_registered_model(odd).name == odd
        client.delete_registered_model(odd)


def test_unknown_models_are_refused(client, name, refuses):
    for call in (
        lambda: client.get_registered_model(name),
        lambda: client.update_registered_model(name, "words"),
        lambda: client.rename_registered_model(name, name + "-new"),
        lambda: client.delete_registered_model(name),
        lambda: client.set_registered_model_tag(name, "k", "v"),
        lambda: client.get_latest_versions(name),
        lambda: client.create_model_version(name, "s3://bucket/model"),
        lambda: client.set_registered_model_alias(name, "champion", "1"),
    ):
        message = refuses("RESOURCE_DOES_NOT_EXIST", call)
        assert name in message


def test_tags_that_are_too_long_are_refused(client, name, refuses):
    client.create_registered_model(name)
    refuses("INVALID_PARAMETER_VALUE", client.set_registered_model_tag, name, "k" * 251, "v")
    refuses("INVALID_PARAMETER_VALUE", client.set_registered_model_tag, name, "k", "v" * 100_001)
    assert client.get_registered_model(name).tags == {}


@pytest.fixture
def models(client, name):
    """Five models, NAME-0 to NAME-4; the tag parity tells even from odd."""
    for i in range(5):
        client.create_registered_model(f"{name}-{i}", tags={"parity": ["even", "odd"][i % 2], "a.b c": f"it's {i}"})
    return name


FILTERS = {
    "name LIKE '{name}-%'": "01234",
    "name = '{name}-2'": "2",
    "name ILIKE '{upper}-%'": "01234",
    "name LIKE '{name}-_' AND tags.parity = 'odd'": "13",
    "name LIKE '{name}-%' and tag.parity != 'odd'": "024",
    "name LIKE '{name}-%' AND tags.`a.b c` LIKE '%3'": "3",
    "name LIKE '{name}-%' AND tags.parity ILIKE 'EV%' AND tags.`a.b c` = \"it's 4\"": "4",
    "name != '{name}-0' AND name LIKE '{name}-%'": "1234",
    "name LIKE '{name}-%' AND tags.absent = 'x'": "",
}


def test_filters_select_the_right_models(client, models):
    def found(condition):
        written = condition.format(name=models, upper=models.upper())
        return "".join(sorted(model.name[-1] for model in client.search_registered_models(written)))

    assert {condition: found(condition) for condition in FILTERS} == FILTERS


def test_models_are_ordered(client, models):
    def order(*by):
        found = client.search_registered_models(f"name LIKE '{models}-%'", order_by=list(by))
        return "".join(model.name[-1] for model in found)

    assert order() == order("name ASC") == order("name") == "01234"
    assert order("name DESC") == "43210"
    client.update_registered_model(f"{models}-2", "changed last")
    assert order("last_updated_timestamp DESC")[0] == order("timestamp DESC", "name ASC")[0] == "2"
    assert order("last_updated_timestamp ASC", "name ASC")[-1] == "2"


@pytest.mark.parametrize("order", [[], ["name DESC"], ["timestamp ASC"], ["last_updated_timestamp DESC", "name DESC"]])
def test_pages_of_models_join_to_the_whole(client, models, order):
    condition = f"name LIKE '{models}-%'"
    whole = [model.name for model in client.search_registered_models(condition, order_by=order)]
    pages, token = [], None
    while True:
        page = client.search_registered_models(condition, max_results=2, order_by=order, page_token=token)
        assert len(page) <= 2
        pages += [model.name for model in page]
        token = page.token
        if not token:
            break
    assert pages == whole and len(whole) == 5


@pytest.mark.parametrize("bad", ["name == 'x'", "colour = 'x'", "tags.x", "name = x", "name > 'a'", "metrics.a > 1"])
def test_a_bad_filter_of_models_is_refused(client, refuses, bad):
    refuses("INVALID_PARAMETER_VALUE", client.search_registered_models, bad)


def test_bad_limits_orders_and_tokens_of_models_are_refused(client, refuses):
    refuses("INVALID_PARAMETER_VALUE", client.search_registered_models, max_results=1001)
    refuses("INVALID_PARAMETER_VALUE", client.search_registered_models, order_by=["colour ASC"])
    refuses("INVALID_PARAMETER_VALUE", client.search_registered_models, order_by=["name SIDEWAYS"])
    refuses("INVALID_PARAMETER_VALUE", client.search_registered_models, page_token="not a token")
