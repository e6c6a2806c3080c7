*** Settings ***
Documentation    Power lost before, within or after a flash operation: a torn word is unreadable until it is erased, and the device comes up again.
Resource         proofboard.resource
Test Setup       Boot A Device
Test Teardown    End Test

*** Variables ***
# First word of the last sector of the update slot, erased first: nobody's data.
${WORD}    0x08160000

*** Test Cases ***
Before A Program Nothing Has Changed
    [Tags]    th-atomic-update.3
    Program A Word And Lose Power    before
    ${value}=    Native Code Reads    ${WORD}
    Should Be Equal    ${value}    0xffffffff

After A Program All Has Changed
    [Tags]    th-atomic-update.3
    Program A Word And Lose Power    after
    ${value}=    Native Code Reads    ${WORD}
    Should Be Equal    ${value}    0x5a5a5a5a

Within A Program The Word Is Unreadable Until It Is Erased
    [Documentation]    RM0433 4.7.9: two errors in a word are detected, not corrected; the read ends in a bus error.
    [Tags]    th-atomic-update.3
    Program A Word And Lose Power    torn
    ${value}=    Native Code Reads    ${WORD}
    Should Be Equal    ${value}    bus
    Native Code Erases Sector    ${WORD}
    ${value}=    Native Code Reads    ${WORD}
    Should Be Equal    ${value}    0xffffffff

*** Keywords ***
Boot A Device
    Reset Emulation
    Make Offline Device
    Boot Device
    Native Code Erases Sector    ${WORD}

Program A Word And Lose Power
    [Arguments]    ${mode}
    ${image}=    Get Flash Hash    application
    Cut Power At Flash Operation    1    ${mode}
    Native Code Programs Word    ${WORD}    90
    Restore Supply
    ${again}=    Get Flash Hash    application
    Should Be Equal    ${again}    ${image}
