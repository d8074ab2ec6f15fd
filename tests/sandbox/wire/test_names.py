"""Names of fields between the two families."""

import pytest

from sandbox.wire import names


@pytest.mark.parametrize(
    ("upper", "camel"),
    [
        ("UF_CRM_1721244707107", "ufCrm_1721244707107"),
        ("UF_CRM_6_1639669411830", "ufCrm6_1639669411830"),
        ("UF_CRM_MY_STRING", "ufCrmMyString"),
        ("UF_CRM_12_ABC", "ufCrm12Abc"),
        ("UF_CRM_INN2", "ufCrm_INN2"),
        ("UF_CRM_AMO_123", "ufCrm_AMO_123"),
        ("UF_CRM_5F2A1B3C", "ufCrm_5F2A1B3C"),
        ("UF_MYFIELD1", "ufMYFIELD1"),
        ("PARENT_ID_1220", "parentId1220"),
        ("ORIGIN_ID", "originId"),
    ],
)
def test_names_convert_as_the_portal_does(upper, camel):
    assert names.to_camel(upper) == camel


def test_a_prefix_mangles_names_of_letters_and_digits():
    assert names.breaks_with_prefix("UF_CRM_INN2")
    assert not names.breaks_with_prefix("UF_CRM_1721244707107")
    assert names.mangled("ufCrm_INN2") == "UF_CRM_I_NN_2"
